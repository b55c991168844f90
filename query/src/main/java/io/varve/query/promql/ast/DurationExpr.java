package io.varve.query.promql.ast;

/**
 * A length of time that is to be computed, in seconds: {@code 5m * 2}, {@code step() + 1}. A plain
 * literal never is one, see {@link TimeSpan}.
 */
public sealed interface DurationExpr {
  PositionRange position();

  /**
   * A number of seconds.
   *
   * @param duration whether it was written as a duration, {@code 5m}, rather than as a number
   */
  record Literal(double seconds, boolean duration, PositionRange position)
      implements DurationExpr {}

  /** {@code step()}, the interval between steps, or {@code range()}, the length of the query. */
  record QueryLength(Kind kind, PositionRange position) implements DurationExpr {
    /** Which one; both are 0 in an instant query. */
    public enum Kind {
      STEP,
      RANGE
    }
  }

  /** {@code +inner} or {@code -inner}. */
  record Unary(boolean negated, DurationExpr inner, PositionRange position)
      implements DurationExpr {}

  /** Two operands; the operator is one of + - * / % ^. */
  record Binary(BinaryOperator operator, DurationExpr lhs, DurationExpr rhs, PositionRange position)
      implements DurationExpr {}

  /** {@code min_of(lhs, rhs)} or {@code max_of(lhs, rhs)}. */
  record Extreme(boolean max, DurationExpr lhs, DurationExpr rhs, PositionRange position)
      implements DurationExpr {}

  record Paren(DurationExpr inner, PositionRange position) implements DurationExpr {}
}
