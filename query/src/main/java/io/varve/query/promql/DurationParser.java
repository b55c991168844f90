package io.varve.query.promql;

import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.DurationExpr;
import io.varve.query.promql.ast.DurationExpr.QueryLength;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.ast.TimeSpan;
import org.jspecify.annotations.Nullable;

/**
 * The lengths in brackets and behind {@code offset}, which may be computed.
 *
 * <p>Behind {@code offset} a length ends after one operand, so that {@code foo offset 1m + 1} adds
 * 1 to foo.
 */
final class DurationParser {
  private static final String EXPECTED = "number, duration, step(), or range()";

  /** What Prometheus, which counts nanoseconds in 64 bits, can take. */
  private static final double MAX_SECONDS = 0x1p63 / 1e9;

  private final TokenStream in;
  private final LiteralParser literals;
  private String context = "";

  DurationParser(TokenStream in, LiteralParser literals) {
    this.in = in;
    this.literals = literals;
  }

  /** What follows {@code offset}. */
  TimeSpan offset() {
    context = "offset";
    Token sign = sign();
    return span(signed(sign, operand()));
  }

  /** A range or step; if it is known already it must be positive. */
  TimeSpan positive() {
    context = "subquery or range selector";
    DurationExpr expr = binary(BinaryOperator.ADD.precedence());
    TimeSpan span = span(expr);
    if (span.isAbsent() || span.millis() < 0) {
      throw in.error(expr.position(), "duration must be greater than 0");
    }
    return span;
  }

  private static TimeSpan span(DurationExpr expr) {
    return expr instanceof DurationExpr.Literal literal
        ? TimeSpan.ofMillis(DurationExpressions.toMillis(literal.seconds()))
        : TimeSpan.of(expr);
  }

  private DurationExpr binary(int minPrecedence) {
    in.enter();
    DurationExpr lhs = unary();
    while (true) {
      BinaryOperator operator = operator(in.peek());
      if (operator == null || operator.precedence() < minPrecedence) {
        in.leave();
        return lhs;
      }
      Token token = in.next();
      DurationExpr rhs = binary(operator.precedence() + (operator.isRightAssociative() ? 0 : 1));
      if (rhs instanceof DurationExpr.Literal literal && literal.seconds() == 0) {
        if (operator == BinaryOperator.DIV) {
          throw in.error(token.position(), "division by zero");
        }
        if (operator == BinaryOperator.MOD) {
          throw in.error(token.position(), "modulo by zero");
        }
      }
      PositionRange position = lhs.position().to(rhs.position());
      lhs = in.grownDuration(new DurationExpr.Binary(operator, lhs, rhs, position), lhs, rhs);
    }
  }

  private static @Nullable BinaryOperator operator(Token token) {
    return switch (token.kind()) {
      case ADD, SUB, MUL, DIV, MOD, POW -> token.kind().binaryOperator();
      default -> null;
    };
  }

  private DurationExpr unary() {
    Token sign = sign();
    return sign == null ? operand() : signed(sign, binary(BinaryOperator.POW.precedence()));
  }

  private @Nullable Token sign() {
    return in.peek().kind().isUnary() ? in.next() : null;
  }

  private DurationExpr signed(@Nullable Token sign, DurationExpr inner) {
    if (sign == null) {
      return inner;
    }
    boolean negated = sign.is(TokenKind.SUB);
    PositionRange position = sign.position().to(inner.position());
    if (inner instanceof DurationExpr.Literal literal) {
      double seconds = negated ? -literal.seconds() : literal.seconds();
      return new DurationExpr.Literal(seconds, literal.duration(), position);
    }
    return in.grownDuration(new DurationExpr.Unary(negated, inner, position), inner);
  }

  private DurationExpr operand() {
    Token token = in.peek();
    return switch (token.kind()) {
      case NUMBER, DURATION -> literal();
      case STEP -> queryLength(QueryLength.Kind.STEP);
      case RANGE -> queryLength(QueryLength.Kind.RANGE);
      case MIN_OF, MAX_OF -> extreme();
      case LEFT_PAREN -> paren();
      default -> throw unexpected();
    };
  }

  private DurationExpr literal() {
    Expr.NumberLiteral number = literals.number();
    // Not a number is as much out of range as a large one.
    if (!(Math.abs(number.value()) <= MAX_SECONDS)) {
      throw in.error(number.position(), "duration out of range");
    }
    return new DurationExpr.Literal(number.value(), number.duration(), number.position());
  }

  private DurationExpr queryLength(QueryLength.Kind kind) {
    PositionRange start = in.next().position();
    expect(TokenKind.LEFT_PAREN);
    return new QueryLength(kind, start.to(expect(TokenKind.RIGHT_PAREN).position()));
  }

  private DurationExpr extreme() {
    Token name = in.next();
    expect(TokenKind.LEFT_PAREN);
    DurationExpr lhs = binary(BinaryOperator.ADD.precedence());
    expect(TokenKind.COMMA);
    DurationExpr rhs = binary(BinaryOperator.ADD.precedence());
    PositionRange position = name.position().to(expect(TokenKind.RIGHT_PAREN).position());
    return in.grownDuration(
        new DurationExpr.Extreme(name.is(TokenKind.MAX_OF), lhs, rhs, position), lhs, rhs);
  }

  private DurationExpr paren() {
    PositionRange start = in.next().position();
    DurationExpr inner = binary(BinaryOperator.ADD.precedence());
    PositionRange position = start.to(expect(TokenKind.RIGHT_PAREN).position());
    return in.grownDuration(new DurationExpr.Paren(inner, position), inner);
  }

  private Token expect(TokenKind kind) {
    if (!in.peekIs(kind)) {
      throw unexpected();
    }
    return in.next();
  }

  private ParseException unexpected() {
    return in.unexpected(context, EXPECTED);
  }
}
