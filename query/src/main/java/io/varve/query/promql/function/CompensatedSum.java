package io.varve.query.promql.function;

/**
 * A sum with what rounding took from it (Neumaier's variant of Kahan's algorithm). Infinite or NaN
 * sums have no compensation.
 */
final class CompensatedSum {
  private double sum;
  private double lost;

  /** What {@code sum + value}, rounded to {@code rounded}, is short of the exact sum. */
  static double lost(double sum, double value, double rounded) {
    return Math.abs(sum) >= Math.abs(value) ? (sum - rounded) + value : (value - rounded) + sum;
  }

  /** The sum of the places {@code [from, to)}. */
  static double of(double[] values, int from, int to) {
    double sum = 0;
    double lost = 0;
    for (int i = from; i < to; i++) {
      double value = values[i];
      double rounded = sum + value;
      lost += lost(sum, value, rounded);
      sum = rounded;
    }
    return total(sum, lost);
  }

  /** A sum and its loss as one; a sum that is not finite stays so whatever is added to it. */
  static double total(double sum, double lost) {
    return Math.abs(sum) <= Double.MAX_VALUE ? sum + lost : sum;
  }

  void add(double value) {
    double rounded = sum + value;
    lost = Double.isInfinite(rounded) ? 0 : lost + lost(sum, value, rounded);
    sum = rounded;
  }

  double total() {
    return sum + lost;
  }
}
