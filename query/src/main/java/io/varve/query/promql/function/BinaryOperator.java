package io.varve.query.promql.function;

import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic and comparison of two operands, each a series or a scalar per step. A comparison of
 * series filters: it keeps the value of the left operand, or that of the only series, where it is
 * true. With {@code bool}, and between scalars, it gives 1 or 0.
 */
public enum BinaryOperator {
  ADD("+", (a, b) -> a + b),
  SUBTRACT("-", (a, b) -> a - b),
  MULTIPLY("*", (a, b) -> a * b),
  DIVIDE("/", (a, b) -> a / b),
  MODULO("%", GoMath::mod),
  POWER("^", GoMath::pow),
  ATAN2("atan2", Math::atan2),
  EQUAL("==", null),
  NOT_EQUAL("!=", null),
  GREATER(">", null),
  LESS("<", null),
  GREATER_OR_EQUAL(">=", null),
  LESS_OR_EQUAL("<=", null);

  private final String symbol;

  // The functions given are pure.
  @SuppressWarnings("ImmutableEnumChecker")
  private final @Nullable DoubleBinaryOperator arithmetic;

  BinaryOperator(String symbol, @Nullable DoubleBinaryOperator arithmetic) {
    this.symbol = symbol;
    this.arithmetic = arithmetic;
  }

  /** The operator written so, or null. */
  public static @Nullable BinaryOperator bySymbol(String symbol) {
    for (BinaryOperator operator : values()) {
      if (operator.symbol.equals(symbol)) {
        return operator;
      }
    }
    return null;
  }

  public String symbol() {
    return symbol;
  }

  public boolean isComparison() {
    return arithmetic == null;
  }

  /** The result for two scalars; of a comparison, 1 or 0. */
  public double apply(double left, double right) {
    if (arithmetic != null) {
      return arithmetic.applyAsDouble(left, right);
    }
    return test(left, right) ? 1 : 0;
  }

  /** Whether a comparison holds; no comparison but {@code !=} does with NaN. */
  public boolean test(double left, double right) {
    return switch (this) {
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
      case GREATER -> left > right;
      case LESS -> left < right;
      case GREATER_OR_EQUAL -> left >= right;
      case LESS_OR_EQUAL -> left <= right;
      default -> throw new IllegalStateException(symbol + " is no comparison");
    };
  }

  /** Two scalars of so many steps. */
  public void apply(double[] left, double[] right, int steps, double[] out) {
    apply(left, right, out, steps);
  }

  /** Two series: a value where both have one. {@code out} is another object than either. */
  public void apply(StepValues left, StepValues right, boolean bool, StepValues out) {
    int steps = left.steps();
    out.clear(steps);
    long[] present = out.presence();
    for (int w = 0; w < (steps + 63) >>> 6; w++) {
      present[w] = left.presence()[w] & right.presence()[w];
    }
    compute(left.values(), right.values(), left.values(), bool, out);
  }

  /** A series on the left, a scalar on the right. */
  public void apply(StepValues left, double[] right, boolean bool, StepValues out) {
    out.clear(left.steps());
    System.arraycopy(left.presence(), 0, out.presence(), 0, (left.steps() + 63) >>> 6);
    compute(left.values(), right, left.values(), bool, out);
  }

  /** A scalar on the left, a series on the right. */
  public void apply(double[] left, StepValues right, boolean bool, StepValues out) {
    out.clear(right.steps());
    System.arraycopy(right.presence(), 0, out.presence(), 0, (right.steps() + 63) >>> 6);
    compute(left, right.values(), right.values(), bool, out);
  }

  /** Values where {@code out} says they are present. */
  private void compute(double[] left, double[] right, double[] kept, boolean bool, StepValues out) {
    int steps = out.steps();
    if (!isComparison() || bool) {
      apply(left, right, out.values(), steps);
      return;
    }
    System.arraycopy(kept, 0, out.values(), 0, steps);
    long[] present = out.presence();
    for (int w = 0; w < (steps + 63) >>> 6; w++) {
      long holds = 0;
      int end = Math.min(steps, (w + 1) << 6);
      for (int k = w << 6; k < end; k++) {
        holds |= (test(left[k], right[k]) ? 1L : 0L) << k;
      }
      present[w] &= holds;
    }
  }

  private void apply(double[] left, double[] right, double[] out, int steps) {
    switch (this) {
      case ADD -> {
        for (int k = 0; k < steps; k++) {
          out[k] = left[k] + right[k];
        }
      }
      case SUBTRACT -> {
        for (int k = 0; k < steps; k++) {
          out[k] = left[k] - right[k];
        }
      }
      case MULTIPLY -> {
        for (int k = 0; k < steps; k++) {
          out[k] = left[k] * right[k];
        }
      }
      case DIVIDE -> {
        for (int k = 0; k < steps; k++) {
          out[k] = left[k] / right[k];
        }
      }
      default -> {
        for (int k = 0; k < steps; k++) {
          out[k] = apply(left[k], right[k]);
        }
      }
    }
  }
}
