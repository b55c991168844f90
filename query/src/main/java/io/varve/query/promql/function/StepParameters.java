package io.varve.query.promql.function;

/** Checks of the parameters of topk and its like, with the messages of Prometheus. */
public final class StepParameters {
  private StepParameters() {}

  /**
   * How many series to select at each step, fractions cut off.
   *
   * @throws IllegalArgumentException for NaN and what is beyond 64 bits
   */
  public static long[] toCounts(double[] parameter, int steps) {
    long[] counts = new long[steps];
    for (int k = 0; k < steps; k++) {
      double value = parameter[k];
      if (Double.isNaN(value)) {
        throw new IllegalArgumentException("Parameter value is NaN");
      }
      if (value <= Long.MIN_VALUE || value >= Long.MAX_VALUE) {
        String bound = value < 0 ? "underflows" : "overflows";
        throw new IllegalArgumentException(
            "Scalar value " + GoNumber.general(value) + " " + bound + " int64");
      }
      counts[k] = (long) value;
    }
    return counts;
  }
}
