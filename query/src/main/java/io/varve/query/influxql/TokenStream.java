package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parser's place in the text: reads tokens with bound parameters already replaced, goes back,
 * and words the errors. One for each parse.
 */
final class TokenStream {
  /** A token costs some hundred bytes as part of a statement and of its plan. */
  private static final int MAX_TOKENS = 200_000;

  private final Lexer lexer;
  private final Map<String, Object> parameters;
  private int offset;
  private @Nullable Token cached;

  /** The last token read that means something, and the one before it. */
  private @Nullable Token last;

  private @Nullable Token beforeLast;
  private int depth;

  /** Tokens seen, and how far that was. */
  private int tokens;

  private int counted;

  TokenStream(String text, Map<String, Object> parameters) {
    this.lexer = new Lexer(text);
    this.parameters = parameters;
  }

  /** The next token, white space and comments included. */
  Token nextRaw() {
    Token token = cached;
    if (token == null || token.start() != offset) {
      token = lexer.scan(offset);
      if (token.is(TokenKind.BOUND_PARAMETER)) {
        token = BoundParameters.replace(token, parameters);
      }
      cached = token;
    }
    offset = token.end();
    if (!isBlank(token)) {
      remember(token);
    }
    return token;
  }

  private static boolean isBlank(Token token) {
    return token.is(TokenKind.WHITESPACE) || token.is(TokenKind.COMMENT);
  }

  private void remember(Token token) {
    Token previous = last;
    if (previous != null && token.start() >= previous.end()) {
      beforeLast = previous;
    }
    last = token;
    if (token.start() >= counted) {
      counted = token.end();
      if (++tokens > MAX_TOKENS) {
        throw error(token, "query has more than " + MAX_TOKENS + " words and signs");
      }
    }
  }

  /** The token in front of the next one; the next one itself at the beginning. */
  Token beforeNext() {
    Token next = peek();
    Token before = beforeLast;
    return before == null ? next : before;
  }

  /** The next token that means something. */
  Token next() {
    Token token = nextRaw();
    while (isBlank(token)) {
      token = nextRaw();
    }
    return token;
  }

  /** Makes {@code token} the next one again. */
  void back(Token token) {
    offset = token.start();
  }

  Token peek() {
    Token token = next();
    back(token);
    return token;
  }

  /** Reads the next token if it is of that kind. */
  boolean accept(TokenKind kind) {
    Token token = next();
    if (token.is(kind)) {
      return true;
    }
    back(token);
    return false;
  }

  /** Reads the next token if it is of that kind and nothing, not even a space, is before it. */
  boolean acceptRaw(TokenKind kind) {
    Token token = nextRaw();
    if (token.is(kind)) {
      return true;
    }
    back(token);
    return false;
  }

  /** Reads tokens that must come, one after the other. */
  void expect(TokenKind... kinds) {
    for (TokenKind kind : kinds) {
      Token token = next();
      if (!token.is(kind)) {
        throw unexpected(token, kind.text());
      }
    }
  }

  String expectIdent() {
    return expectText(TokenKind.IDENT, "identifier");
  }

  String expectString() {
    return expectText(TokenKind.STRING, "string");
  }

  private String expectText(TokenKind kind, String name) {
    Token token = next();
    if (!token.is(kind)) {
      throw unexpected(token, name);
    }
    return token.text();
  }

  /** One or more, separated by commas. */
  <T> List<T> commaSeparated(Supplier<? extends T> element) {
    List<T> elements = new ArrayList<>();
    do {
      elements.add(element.get());
    } while (accept(TokenKind.COMMA));
    return elements;
  }

  /** A positive 32-bit integer. */
  int expectPositiveInteger() {
    Token token = expectInteger();
    long value;
    try {
      value = Long.parseLong(token.text());
    } catch (NumberFormatException e) {
      throw error(token, "strconv.Atoi: parsing \"" + token.text() + "\": value out of range");
    }
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw error(token, "invalid value " + value + ": must be 1 <= n <= " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  /** A 64-bit unsigned integer. */
  long expectUnsigned() {
    Token token = expectInteger();
    try {
      return Long.parseUnsignedLong(token.text());
    } catch (NumberFormatException e) {
      throw error(token, "strconv.ParseUint: parsing \"" + token.text() + "\": value out of range");
    }
  }

  /** A count of rows or series; what does not fit is {@link Long#MAX_VALUE}. */
  long expectCount(TokenKind clause) {
    Token token = expectInteger();
    long value;
    try {
      value = Long.parseLong(token.text());
    } catch (NumberFormatException e) {
      value = Long.MAX_VALUE;
    }
    if (value < 0) {
      throw error(token, clause.text() + " must be >= 0");
    }
    return value;
  }

  private Token expectInteger() {
    Token token = next();
    if (!token.is(TokenKind.INTEGER)) {
      throw unexpected(token, "integer");
    }
    return token;
  }

  /** Nanoseconds of a duration, 0 for INF. */
  long expectDuration() {
    return accept(TokenKind.INF) ? 0 : expectFiniteDuration();
  }

  /** Nanoseconds of a duration. */
  long expectFiniteDuration() {
    Token token = next();
    if (!token.is(TokenKind.DURATION_VALUE)) {
      throw unexpected(token, "duration");
    }
    try {
      return Durations.parse(token.text());
    } catch (QueryException e) {
      throw error(token, String.valueOf(e.getMessage()));
    }
  }

  /** The character right ahead, white space and all; 0 at the end of the text. */
  char peekCharacter() {
    return lexer.peek(offset);
  }

  /** Whether a dot is the character just read. */
  boolean isBehindDot() {
    return offset > 0 && lexer.text().charAt(offset - 1) == '.';
  }

  /** A regular expression, if that is what comes next. */
  Expression.@Nullable Regex acceptRegex() {
    offset = lexer.skipSpaceAndComments(offset);
    char ahead = lexer.peek(offset);
    if (ahead == '$') {
      Token token = nextRaw();
      if (token.is(TokenKind.REGEX)) {
        return regex(token);
      }
      back(token);
      return null;
    }
    if (ahead != '/') {
      return null;
    }
    Token token = lexer.scanRegex(offset);
    offset = token.end();
    remember(token);
    return regex(token);
  }

  private Expression.Regex regex(Token token) {
    try {
      return Regexes.check(token.text());
    } catch (QueryException e) {
      throw error(token, String.valueOf(e.getMessage()));
    }
  }

  Expression.Regex expectRegex() {
    Expression.Regex regex = acceptRegex();
    if (regex == null) {
      throw unexpected(next(), "regex");
    }
    return regex;
  }

  /** Goes one level deeper; matched by {@link #leave}. */
  void enter() {
    depth++;
    checkDepth(depth);
  }

  void leave() {
    depth--;
  }

  /** Refuses trees of more levels than {@link Parser#MAX_DEPTH}. */
  void checkDepth(int levels) {
    if (levels > Parser.MAX_DEPTH) {
      throw error(peek(), "expression is nested more than " + Parser.MAX_DEPTH + " levels deep");
    }
  }

  /** An error about a token, with the place in the middle of the message. */
  ParseException errorAt(Token token, String before, String after) {
    ParseException placed = error(token, before);
    return new ParseException(placed.getMessage() + after);
  }

  /** The error that {@code token} stands where one of {@code expected} should. */
  ParseException unexpected(Token token, String... expected) {
    return error(token, "found " + token.shown() + ", expected " + String.join(", ", expected));
  }

  ParseException error(Token token, String message) {
    return ParseException.at(lexer.text(), token.position(), message);
  }

  /** An error about the text as a whole, which InfluxDB places at its beginning. */
  ParseException errorAtStart(String message) {
    return ParseException.at(lexer.text(), 0, message);
  }
}
