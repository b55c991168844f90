package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Expressions, by operator precedence with explicit stacks for the binary operators and recursion
 * for everything in parentheses. Linear in the text; depth is limited by {@link Parser#MAX_DEPTH}.
 */
final class ExpressionParser {
  private static final Map<TokenKind, Operator> OPERATORS = new EnumMap<>(TokenKind.class);

  static {
    for (Operator operator : Operator.values()) {
      OPERATORS.put(TokenKind.valueOf(operator.name()), operator);
    }
  }

  /** A path longer than this is refused without looking at the rest of it. */
  private static final int MAX_SHOWN_SEGMENTS = 100;

  private final TokenStream in;

  /** Levels of the expression that was parsed last. */
  private int height;

  ExpressionParser(TokenStream in) {
    this.in = in;
  }

  Expression parse() {
    in.enter();
    OperandStack stack = new OperandStack(in);
    stack.push(parseOperand(), height);
    while (true) {
      Token token = in.next();
      Operator operator = OPERATORS.get(token.kind());
      if (operator == null) {
        in.back(token);
        break;
      }
      stack.push(operator);
      if (operator.isRegex()) {
        stack.push(in.expectRegex(), 1);
      } else {
        stack.push(parseOperand(), height);
      }
    }
    Expression expression = stack.finish();
    height = stack.height();
    in.leave();
    return expression;
  }

  /** An expression or a regular expression, as arguments, fields and dimensions may be. */
  Expression parseWithRegex() {
    Expression.Regex regex = in.acceptRegex();
    if (regex != null) {
      height = 1;
      return regex;
    }
    return parse();
  }

  private Expression parseOperand() {
    height = 1;
    Token token = in.next();
    return switch (token.kind()) {
      case LPAREN -> parseParen();
      case IDENT -> {
        if (in.acceptRaw(TokenKind.LPAREN)) {
          yield parseCall(token.text());
        }
        in.back(token);
        yield parseVarRef();
      }
      case DISTINCT -> parseDistinct();
      case STRING -> new Expression.StringLiteral(token.text());
      case NUMBER -> parseNumber(token);
      case INTEGER -> parseInteger(token);
      case TRUE -> new Expression.BooleanLiteral(true);
      case FALSE -> new Expression.BooleanLiteral(false);
      case DURATION_VALUE -> parseDuration(token);
      case MUL -> parseWildcard();
      case REGEX -> parseBoundRegex(token);
      case BOUND_PARAMETER -> throw missingParameter(token);
      case ADD, SUB -> parseSigned(token.is(TokenKind.SUB));
      default -> throw in.unexpected(token, "identifier", "string", "number", "bool");
    };
  }

  private Expression parseParen() {
    Expression inner = parse();
    in.expect(TokenKind.RPAREN);
    height++;
    return new Expression.Paren(inner);
  }

  private Expression parseCall(String name) {
    List<Expression> arguments = new ArrayList<>();
    int tallest = 0;
    Expression.Regex first = in.acceptRegex();
    if (first == null && in.acceptRaw(TokenKind.RPAREN)) {
      height = 1;
      return new Expression.Call(name.toLowerCase(Locale.ROOT), arguments);
    }
    do {
      if (first != null) {
        arguments.add(first);
        first = null;
        height = 1;
      } else {
        arguments.add(parseWithRegex());
      }
      tallest = Math.max(tallest, height);
    } while (in.accept(TokenKind.COMMA));
    in.expect(TokenKind.RPAREN);
    height = tallest + 1;
    return new Expression.Call(name.toLowerCase(Locale.ROOT), arguments);
  }

  private Expression parseVarRef() {
    String name = String.join(".", parseSegments());
    return new Expression.VarRef(name, in.acceptRaw(TokenKind.DOUBLE_COLON) ? parseCast() : null);
  }

  private Cast parseCast() {
    Token token = in.nextRaw();
    Cast cast =
        switch (token.kind()) {
          case FIELD -> Cast.FIELD;
          case TAG -> Cast.TAG;
          case IDENT -> castNamed(token.text().toLowerCase(Locale.ROOT));
          default -> null;
        };
    if (cast == null) {
      throw in.unexpected(
          token, "float", "integer", "unsigned", "string", "boolean", "field", "tag");
    }
    return cast;
  }

  private static @Nullable Cast castNamed(String name) {
    return switch (name) {
      case "float" -> Cast.FLOAT;
      case "integer" -> Cast.INTEGER;
      case "unsigned" -> Cast.UNSIGNED;
      case "string" -> Cast.STRING;
      case "boolean" -> Cast.BOOLEAN;
      default -> null;
    };
  }

  /**
   * One to three names joined by dots; names between two dots may be empty. Stops behind a dot that
   * a slash or a colon follows.
   */
  List<String> parseSegments() {
    List<String> segments = new ArrayList<>();
    segments.add(in.expectIdent());
    while (in.acceptRaw(TokenKind.DOT)) {
      char ahead = in.peekCharacter();
      if (ahead == '/' || ahead == ':') {
        break;
      }
      segments.add(ahead == '.' ? "" : in.expectIdent());
      if (segments.size() > MAX_SHOWN_SEGMENTS) {
        break;
      }
    }
    if (segments.size() > 3) {
      throw in.errorAtStart("too many segments in " + Quoting.identifiers(segments));
    }
    return segments;
  }

  private Expression parseDistinct() {
    Token token = in.nextRaw();
    if (token.is(TokenKind.LPAREN)) {
      return parseCall("distinct");
    }
    if (!token.is(TokenKind.WHITESPACE)) {
      throw in.unexpected(token, "(", "identifier");
    }
    return new Expression.Distinct(in.expectIdent());
  }

  private Expression parseNumber(Token token) {
    double value = Double.parseDouble(token.text());
    if (Double.isInfinite(value)) {
      throw in.error(token, "unable to parse number");
    }
    return new Expression.NumberLiteral(value);
  }

  private Expression parseInteger(Token token) {
    try {
      return new Expression.IntegerLiteral(Long.parseLong(token.text()));
    } catch (NumberFormatException tooLarge) {
      try {
        return new Expression.UnsignedLiteral(Long.parseUnsignedLong(token.text()));
      } catch (NumberFormatException e) {
        throw in.error(token, "unable to parse integer");
      }
    }
  }

  private static Expression parseDuration(Token token) {
    // Only one that is bound may have a sign; in the text that is an operator.
    boolean negative = token.text().startsWith("-");
    try {
      long nanos = Durations.parse(negative ? token.text().substring(1) : token.text());
      return new Expression.DurationLiteral(negative ? -nanos : nanos);
    } catch (QueryException e) {
      throw new ParseException(String.valueOf(e.getMessage()));
    }
  }

  private Expression parseWildcard() {
    if (!in.accept(TokenKind.DOUBLE_COLON)) {
      return new Expression.Wildcard(Expression.Wildcard.Kind.ANY);
    }
    Token token = in.next();
    return new Expression.Wildcard(
        switch (token.kind()) {
          case FIELD -> Expression.Wildcard.Kind.FIELD;
          case TAG -> Expression.Wildcard.Kind.TAG;
          default -> throw in.unexpected(token, "field", "tag");
        });
  }

  private Expression parseBoundRegex(Token token) {
    try {
      return Regexes.check(token.text());
    } catch (QueryException e) {
      throw in.error(token, String.valueOf(e.getMessage()));
    }
  }

  private static ParseException missingParameter(Token token) {
    String text = token.text();
    String name = text.startsWith("$") ? text.substring(1) : text;
    return new ParseException(
        name.isEmpty() ? "empty bound parameter" : "missing parameter: " + name);
  }

  private Expression parseSigned(boolean negative) {
    Token token = in.peek();
    switch (token.kind()) {
      case NUMBER, INTEGER, DURATION_VALUE, LPAREN, IDENT -> {}
      default -> throw in.unexpected(in.next(), "identifier", "number", "duration", "(");
    }
    Expression operand = parseOperand();
    if (operand instanceof Expression.NumberLiteral number) {
      return negative ? new Expression.NumberLiteral(-number.value()) : number;
    }
    if (operand instanceof Expression.IntegerLiteral integer) {
      return negative ? new Expression.IntegerLiteral(-integer.value()) : integer;
    }
    if (operand instanceof Expression.DurationLiteral duration) {
      return negative ? new Expression.DurationLiteral(-duration.nanos()) : duration;
    }
    if (operand instanceof Expression.UnsignedLiteral unsigned) {
      if (!negative) {
        return unsigned;
      }
      if (unsigned.value() != Long.MIN_VALUE) {
        throw new ParseException(
            "constant -" + Long.toUnsignedString(unsigned.value()) + " underflows int64");
      }
      return new Expression.IntegerLiteral(Long.MIN_VALUE);
    }
    height++;
    return new Expression.Binary(
        Operator.MUL, new Expression.IntegerLiteral(negative ? -1 : 1), operand);
  }
}
