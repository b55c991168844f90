package io.varve.query.promql;

import io.varve.query.promql.ast.PositionRange;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a text into tokens, one when asked, so that the first error is that of the earliest place.
 *
 * <p>Three modes, as in Prometheus, whose errors show them: inside braces words are names only;
 * behind a bracket only durations may come, until the first number; and everything else.
 */
final class Lexer {
  private enum Mode {
    STATEMENT,
    BRACES,
    DURATION
  }

  private static final int END = -1;

  private final String text;
  private Mode mode = Mode.STATEMENT;
  private int start;
  private int at;
  private int parenDepth;
  private boolean bracketOpen;
  private boolean gotColon;
  private boolean gotDuration;

  Lexer(String text) {
    this.text = text;
  }

  /** The next token; EOF again and again at the end. */
  Token next() {
    skipSpacesAndComments();
    start = at;
    return switch (mode) {
      case STATEMENT -> statement();
      case BRACES -> insideBraces();
      case DURATION -> duration();
    };
  }

  private void skipSpacesAndComments() {
    while (true) {
      int c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else if (c == '#' && mode != Mode.DURATION) {
        while (peek() != END && peek() != '\n' && peek() != '\r') {
          at++;
        }
      } else {
        return;
      }
    }
  }

  private Token statement() {
    int c = read();
    switch (c) {
      case END -> {
        return end();
      }
      case '"', '\'', '`' -> {
        return string(c);
      }
      case '{' -> {
        mode = Mode.BRACES;
        return token(TokenKind.LEFT_BRACE);
      }
      case '[' -> {
        return leftBracket();
      }
      case ']' -> {
        return rightBracket();
      }
      case '(', ')' -> {
        return parenthesis(c);
      }
      case '!' -> {
        int second = read();
        if (second != '=') {
          throw error("unexpected character after '!': " + Quoting.quoteCharacter(second));
        }
        return token(TokenKind.NEQ);
      }
      case '=' -> {
        if (peek() == '~') {
          throw error("unexpected character after '=': '~'");
        }
        return token(accept("=") ? TokenKind.EQLC : TokenKind.EQL);
      }
      case '<' -> {
        return token(
            accept("=") ? TokenKind.LTE : accept("/") ? TokenKind.TRIM_UPPER : TokenKind.LSS);
      }
      case '>' -> {
        return token(
            accept("=") ? TokenKind.GTE : accept("/") ? TokenKind.TRIM_LOWER : TokenKind.GTR);
      }
      default -> {
        TokenKind single = single(c);
        if (single != null) {
          return token(single);
        }
        if (isDigit(c) || (c == '.' && isDigit(peek()))) {
          at = start;
          return numberOrDuration();
        }
        if (isAlpha(c) || c == ':') {
          return bracketOpen ? wordInsideBrackets(c) : word();
        }
        throw error("unexpected character: " + Quoting.quoteCharacter(c));
      }
    }
  }

  private static @Nullable TokenKind single(int c) {
    return switch (c) {
      case ',' -> TokenKind.COMMA;
      case '*' -> TokenKind.MUL;
      case '/' -> TokenKind.DIV;
      case '%' -> TokenKind.MOD;
      case '+' -> TokenKind.ADD;
      case '-' -> TokenKind.SUB;
      case '^' -> TokenKind.POW;
      case '@' -> TokenKind.AT;
      default -> null;
    };
  }

  private Token end() {
    if (parenDepth != 0) {
      throw error("unclosed left parenthesis");
    }
    if (bracketOpen) {
      throw error("unclosed left bracket");
    }
    return token(TokenKind.EOF);
  }

  private Token leftBracket() {
    if (bracketOpen) {
      throw error("unexpected left bracket '['");
    }
    bracketOpen = true;
    gotColon = false;
    gotDuration = false;
    mode = Mode.DURATION;
    return token(TokenKind.LEFT_BRACKET);
  }

  private Token rightBracket() {
    if (!bracketOpen) {
      throw error("unexpected right bracket ']'");
    }
    bracketOpen = false;
    mode = Mode.STATEMENT;
    return token(TokenKind.RIGHT_BRACKET);
  }

  private Token parenthesis(int c) {
    if (c == '(') {
      parenDepth++;
      return token(TokenKind.LEFT_PAREN);
    }
    parenDepth--;
    if (parenDepth < 0) {
      start = at;
      throw error("unexpected right parenthesis ')'");
    }
    return token(TokenKind.RIGHT_PAREN);
  }

  private Token word() {
    while (isAlphaNumeric(peek()) || peek() == ':') {
      at++;
    }
    String word = text.substring(start, at);
    TokenKind keyword = TokenKind.word(word);
    if (keyword != null) {
      return token(keyword);
    }
    return token(word.indexOf(':') < 0 ? TokenKind.IDENTIFIER : TokenKind.METRIC_IDENTIFIER);
  }

  private Token wordInsideBrackets(int first) {
    if (first == ':') {
      if (gotColon) {
        throw error("unexpected colon ':'");
      }
      gotColon = true;
      return token(TokenKind.COLON);
    }
    Token function = durationFunction();
    if (function == null) {
      throw error("unexpected character: " + Quoting.quoteCharacter(first) + ", expected ':'");
    }
    return function;
  }

  private @Nullable Token durationFunction() {
    while (isAlpha(peek())) {
      at++;
    }
    TokenKind kind = TokenKind.word(text.substring(start, at));
    if (kind == null) {
      return null;
    }
    return switch (kind) {
      case STEP, RANGE, MIN_OF, MAX_OF -> token(kind);
      default -> null;
    };
  }

  private Token insideBraces() {
    int c = read();
    switch (c) {
      case END -> {
        throw error("unexpected end of input inside braces");
      }
      case ',' -> {
        return token(TokenKind.COMMA);
      }
      case '"', '\'', '`' -> {
        return string(c);
      }
      case '=' -> {
        return token(accept("~") ? TokenKind.EQL_REGEX : TokenKind.EQL);
      }
      case '!' -> {
        int second = read();
        if (second != '~' && second != '=') {
          throw error(
              "unexpected character after '!' inside braces: " + Quoting.quoteCharacter(second));
        }
        return token(second == '~' ? TokenKind.NEQ_REGEX : TokenKind.NEQ);
      }
      case '{' -> {
        throw error("unexpected left brace '{'");
      }
      case '}' -> {
        mode = Mode.STATEMENT;
        return token(TokenKind.RIGHT_BRACE);
      }
      default -> {
        if (!isAlpha(c)) {
          throw error("unexpected character inside braces: " + Quoting.quoteCharacter(c));
        }
        while (isAlphaNumeric(peek())) {
          at++;
        }
        return token(TokenKind.IDENTIFIER);
      }
    }
  }

  private Token duration() {
    int c = read();
    switch (c) {
      case END -> {
        throw error("unexpected end of input in duration expression");
      }
      case ']' -> {
        return rightBracket();
      }
      case '(', ')' -> {
        return parenthesis(c);
      }
      case ':' -> {
        return colon();
      }
      default -> {
        TokenKind single = single(c);
        if (single != null && single != TokenKind.AT) {
          return token(single);
        }
        if (isDigit(c) || (c == '.' && isDigit(peek()))) {
          at = start;
          gotDuration = true;
          mode = Mode.STATEMENT;
          return numberOrDuration();
        }
        Token function = isAlpha(c) ? durationFunction() : null;
        if (function == null) {
          throw error("unexpected character in duration expression: " + Quoting.quoteCharacter(c));
        }
        gotDuration = true;
        return function;
      }
    }
  }

  private Token colon() {
    Token colon = token(TokenKind.COLON);
    start = at;
    if (!gotDuration) {
      throw error("unexpected colon before duration in duration expression");
    }
    if (gotColon) {
      throw error("unexpected repeated colon in duration expression");
    }
    gotColon = true;
    return colon;
  }

  /** A string whose first quote is read; the escapes are checked here and resolved later. */
  private Token string(int quote) {
    while (true) {
      int c = read();
      if (c == quote) {
        return token(TokenKind.STRING);
      }
      if (c == END || (c == '\n' && quote != '`')) {
        throw error(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
      }
      if (c == 0xFFFD || (c >= 0xD800 && c < 0xE000)) {
        throw error("invalid UTF-8 rune");
      }
      if (c == '\\' && quote != '`') {
        escape(quote);
      }
    }
  }

  private void escape(int quote) {
    int c = read();
    switch (c) {
      case 'a', 'b', 'f', 'n', 'r', 't', 'v', '\\' -> {}
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        codePoint(3, 8, 255);
      }
      case 'x' -> codePoint(2, 16, 255);
      case 'u' -> codePoint(4, 16, Character.MAX_CODE_POINT);
      case 'U' -> codePoint(8, 16, Character.MAX_CODE_POINT);
      case END -> throw error("escape sequence not terminated");
      default -> {
        if (c != quote) {
          throw error("unknown escape sequence " + named(c));
        }
      }
    }
  }

  private void codePoint(int digits, int base, int max) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int c = read();
      if (c == END) {
        throw error("escape sequence not terminated");
      }
      int digit = c < 0x80 ? Character.digit(c, base) : -1;
      if (digit < 0) {
        throw error("illegal character " + named(c) + " in escape sequence");
      }
      value = value * base + digit;
    }
    if (value > max || (value >= 0xD800 && value < 0xE000)) {
      throw error("escape sequence is an invalid Unicode code point");
    }
  }

  private static String named(int c) {
    return String.format("U+%04X ", c) + Quoting.quoteCharacter(c);
  }

  private Token numberOrDuration() {
    if (scanNumber()) {
      return token(TokenKind.NUMBER);
    }
    if (!scanRestOfDuration()) {
      String wrong = text.substring(start, at);
      throw error("bad number or duration syntax: " + Quoting.quote(wrong));
    }
    return token(TokenKind.DURATION);
  }

  /**
   * Whether a number ends here. If not, the place stays where the first oddity is, from which a
   * duration may go on. What passes need not be a number yet: {@code 1e} does.
   */
  private boolean scanNumber() {
    boolean hexadecimal = accept("0") && accept("xX");
    if (hexadecimal) {
      accept("_");
    }
    String digits = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
    accept(".");
    accept(digits);
    boolean dot = false;
    boolean exponent = false;
    while (true) {
      if (accept(".")) {
        if (dot || hexadecimal || accept("_.")) {
          return false;
        }
        dot = true;
      } else if (accept("eE")) {
        if (exponent) {
          return false;
        }
        exponent = true;
        accept("+-");
        if (accept("._eE") || peek() == END) {
          return false;
        }
      } else if (accept("_")) {
        if (accept("._eE") || peek() == END) {
          return false;
        }
      } else if (!accept(digits)) {
        return !isAlphaNumeric(peek());
      }
    }
  }

  private boolean scanRestOfDuration() {
    if (!accept("smhdwy")) {
      return false;
    }
    accept("s");
    while (accept("0123456789")) {
      while (isDigit(peek())) {
        at++;
      }
      if (!accept("smhdw")) {
        return false;
      }
      accept("s");
    }
    if (isAlphaNumeric(peek())) {
      at++;
      return false;
    }
    return true;
  }

  private int peek() {
    return at < text.length() ? text.codePointAt(at) : END;
  }

  private int read() {
    int c = peek();
    at += c == END ? 0 : Character.charCount(c);
    return c;
  }

  /** Steps over the next character if it is one of these. */
  private boolean accept(String characters) {
    if (peek() == END || characters.indexOf(peek()) < 0) {
      return false;
    }
    at++;
    return true;
  }

  private Token token(TokenKind kind) {
    return new Token(kind, text.substring(start, at), start);
  }

  private ParseException error(String message) {
    return new ParseException(text, new PositionRange(start, text.length()), message);
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlpha(int c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isAlphaNumeric(int c) {
    return isAlpha(c) || isDigit(c);
  }
}
