package io.varve.query.influxql;

/**
 * Cuts a text into tokens, on demand and at any offset, so that the parser can go back by going to
 * an earlier offset. White space and comments are tokens too.
 *
 * <p>The positions in InfluxDB's errors follow from how its reader moves, and clients compare them,
 * so two oddities are kept: an error about a string literal names the character before its opening
 * quote (a regular expression likewise); and the end of the text counts one further if something
 * had to look at it to know where it ends: a bare word, white space, a line comment, or a search
 * for a regular expression or a path.
 */
final class Lexer {
  private final String text;
  private boolean endWasRead;

  Lexer(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** The token that starts at the offset; EOF at the end of the text. */
  Token scan(int start) {
    if (start >= text.length()) {
      int end = text.length();
      return new Token(TokenKind.EOF, "", end, end, endWasRead ? end + 1 : end);
    }
    char c = text.charAt(start);
    if (isSpace(c)) {
      int end = skipSpace(start);
      return new Token(TokenKind.WHITESPACE, text.substring(start, end), start, end, start);
    }
    if (isLetter(c) || c == '_') {
      return scanWord(start);
    }
    if (isDigit(c) || (c == '.' && isDigit(charAt(start + 1)))) {
      return scanNumber(start);
    }
    return switch (c) {
      case '"' -> scanQuoted(start, TokenKind.IDENT);
      case '\'' -> scanQuoted(start, TokenKind.STRING);
      case '$' -> scanBoundParameter(start);
      default -> scanSign(start, c);
    };
  }

  /** Offset of the first character from {@code offset} on that means something. */
  int skipSpaceAndComments(int offset) {
    int at = skipSpace(offset);
    while (text.startsWith("--", at) || text.startsWith("/*", at)) {
      Token comment = scan(at);
      if (!comment.is(TokenKind.COMMENT)) {
        break;
      }
      at = skipSpace(comment.end());
    }
    return at;
  }

  private int skipSpace(int offset) {
    int at = offset;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      endWasRead = true;
    }
    return at;
  }

  /** The character at the offset, or 0 at the end, which is then taken as read. */
  char peek(int offset) {
    if (offset >= text.length()) {
      endWasRead = true;
    }
    return charAt(offset);
  }

  /**
   * A regular expression whose opening slash is at the offset. A slash inside is written {@code
   * \/}; every other backslash stays.
   */
  Token scanRegex(int start) {
    StringBuilder pattern = new StringBuilder();
    int at = start + 1;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '/') {
        return new Token(TokenKind.REGEX, pattern.toString(), start, at + 1, before(start));
      }
      if (isNewline(c)) {
        break;
      }
      if (c == '\\' && charAt(at + 1) == '/') {
        at++;
        c = '/';
      }
      pattern.append(c);
      at++;
    }
    throw ParseException.at(text, before(start), "bad regex: ");
  }

  private Token scanWord(int start) {
    int end = start;
    while (end < text.length() && isWordCharacter(text.charAt(end))) {
      end++;
    }
    if (end == text.length()) {
      endWasRead = true;
    }
    String word = text.substring(start, end);
    TokenKind keyword = TokenKind.keyword(word);
    return keyword == null
        ? new Token(TokenKind.IDENT, word, start, end, start)
        : new Token(keyword, "", start, end, start);
  }

  private Token scanBoundParameter(int start) {
    Token name;
    if (charAt(start + 1) == '"') {
      name = scanQuoted(start + 1, TokenKind.BOUND_PARAMETER);
    } else {
      int end = start + 1;
      while (end < text.length() && isWordCharacter(text.charAt(end))) {
        end++;
      }
      if (end == text.length()) {
        endWasRead = true;
      }
      name =
          new Token(
              TokenKind.BOUND_PARAMETER, text.substring(start + 1, end), start + 1, end, start);
    }
    return new Token(name.kind(), "$" + name.text(), start, name.end(), start);
  }

  private Token scanNumber(int start) {
    int end = skipDigits(start);
    if (charAt(end) == '.') {
      int fractionEnd = skipDigits(end + 1);
      String number = text.substring(start, fractionEnd == end + 1 ? end : fractionEnd);
      return new Token(TokenKind.NUMBER, number, start, fractionEnd, start);
    }
    if (!isUnitCharacter(charAt(end))) {
      return new Token(TokenKind.INTEGER, text.substring(start, end), start, end, start);
    }
    while (isUnitCharacter(charAt(end)) || isDigit(charAt(end))) {
      end++;
    }
    return new Token(TokenKind.DURATION_VALUE, text.substring(start, end), start, end, start);
  }

  private int skipDigits(int offset) {
    int at = offset;
    while (isDigit(charAt(at))) {
      at++;
    }
    return at;
  }

  private Token scanQuoted(int start, TokenKind kind) {
    char quote = text.charAt(start);
    StringBuilder value = new StringBuilder();
    int at = start + 1;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == quote) {
        int position = kind == TokenKind.STRING ? before(start) : start;
        return new Token(kind, value.toString(), start, at + 1, position);
      }
      if (isNewline(c)) {
        break;
      }
      if (c == '\\') {
        at++;
        char escaped = charAt(at);
        switch (escaped) {
          case 'n' -> c = '\n';
          case '\\', '"', '\'' -> c = escaped;
          default -> {
            int end = at < text.length() ? text.offsetByCodePoints(at, 1) : at;
            return new Token(TokenKind.BAD_ESCAPE, text.substring(at - 1, end), start, end, at);
          }
        }
      }
      value.append(c);
      at++;
    }
    return new Token(TokenKind.BAD_STRING, value.toString(), start, at, before(start));
  }

  private static int before(int offset) {
    return Math.max(offset - 1, 0);
  }

  private Token scanSign(int start, char c) {
    char next = charAt(start + 1);
    return switch (c) {
      case '+' -> sign(TokenKind.ADD, start, 1);
      case '-' -> next == '-' ? scanLineComment(start) : sign(TokenKind.SUB, start, 1);
      case '*' -> sign(TokenKind.MUL, start, 1);
      case '/' -> next == '*' ? scanBlockComment(start) : sign(TokenKind.DIV, start, 1);
      case '%' -> sign(TokenKind.MOD, start, 1);
      case '&' -> sign(TokenKind.BITWISE_AND, start, 1);
      case '|' -> sign(TokenKind.BITWISE_OR, start, 1);
      case '^' -> sign(TokenKind.BITWISE_XOR, start, 1);
      case '(' -> sign(TokenKind.LPAREN, start, 1);
      case ')' -> sign(TokenKind.RPAREN, start, 1);
      case ',' -> sign(TokenKind.COMMA, start, 1);
      case ';' -> sign(TokenKind.SEMICOLON, start, 1);
      case '.' -> sign(TokenKind.DOT, start, 1);
      case ':' ->
          next == ':' ? sign(TokenKind.DOUBLE_COLON, start, 2) : sign(TokenKind.COLON, start, 1);
      case '=' -> next == '~' ? sign(TokenKind.EQ_REGEX, start, 2) : sign(TokenKind.EQ, start, 1);
      case '>' -> next == '=' ? sign(TokenKind.GTE, start, 2) : sign(TokenKind.GT, start, 1);
      case '<' ->
          switch (next) {
            case '=' -> sign(TokenKind.LTE, start, 2);
            case '>' -> sign(TokenKind.NEQ, start, 2);
            default -> sign(TokenKind.LT, start, 1);
          };
      case '!' ->
          switch (next) {
            case '=' -> sign(TokenKind.NEQ, start, 2);
            case '~' -> sign(TokenKind.NEQ_REGEX, start, 2);
            default -> illegal(start);
          };
      default -> illegal(start);
    };
  }

  private static Token sign(TokenKind kind, int start, int length) {
    return new Token(kind, "", start, start + length, start);
  }

  private Token illegal(int start) {
    int end = text.offsetByCodePoints(start, 1);
    return new Token(TokenKind.ILLEGAL, text.substring(start, end), start, end, start);
  }

  private Token scanLineComment(int start) {
    int end = start;
    while (end < text.length() && !isNewline(text.charAt(end))) {
      end++;
    }
    if (end == text.length()) {
      endWasRead = true;
    }
    return sign(TokenKind.COMMENT, start, end - start);
  }

  private Token scanBlockComment(int start) {
    int close = text.indexOf("*/", start + 2);
    return close < 0
        ? sign(TokenKind.ILLEGAL, start, text.length() - start)
        : sign(TokenKind.COMMENT, start, close + 2 - start);
  }

  private char charAt(int offset) {
    return offset < text.length() ? text.charAt(offset) : 0;
  }

  static boolean isWord(String word) {
    if (word.isEmpty() || isDigit(word.charAt(0))) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (!isWordCharacter(word.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWordCharacter(char c) {
    return isLetter(c) || isDigit(c) || c == '_';
  }

  private static boolean isUnitCharacter(char c) {
    return isLetter(c) || c == 'µ';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || isNewline(c);
  }

  private static boolean isNewline(char c) {
    return c == '\n' || c == '\r';
  }
}
