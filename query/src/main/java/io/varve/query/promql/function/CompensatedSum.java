package io.varve.query.promql.function;

/**
 * A sum with what rounding took from it (Neumaier's variant of Kahan's algorithm). Infinite or NaN
 * sums have no compensation.
 */
final class CompensatedSum {
  /** What {@link #ofWholeNumbers} cannot be. */
  static final long NOT_WHOLE = Long.MIN_VALUE;

  /** Whole numbers up to this are doubles. */
  private static final long EXACT_LONG = 1L << 53;

  /** So many numbers are looked at before it is asked whether all were whole. */
  private static final int RUN = 64;

  private double sum;
  private double lost;

  /** What {@code sum + value}, rounded to {@code rounded}, is short of the exact sum. */
  static double lost(double sum, double value, double rounded) {
    return Math.abs(sum) >= Math.abs(value) ? (sum - rounded) + value : (value - rounded) + sum;
  }

  /** The sum of the places {@code [from, to)}. */
  static double of(double[] values, int from, int to) {
    long whole = ofWholeNumbers(values, from, to);
    if (whole != NOT_WHOLE) {
      return whole;
    }
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

  /**
   * The sum of the places {@code [from, to)} if all are whole numbers, so small that no sum of some
   * of them is rounded: then nothing is lost however they are added, and it takes a fifth of the
   * time. {@link #NOT_WHOLE} otherwise.
   */
  static long ofWholeNumbers(double[] values, int from, int to) {
    long largest = EXACT_LONG / Math.max(1, to - from);
    long sum = 0;
    for (int run = from; run < to; run += RUN) {
      int end = Math.min(to, run + RUN);
      boolean whole = true;
      for (int i = run; i < end; i++) {
        long number = (long) values[i];
        whole &= number == values[i];
        whole &= number <= largest;
        whole &= number >= -largest;
        sum += number;
      }
      if (!whole) {
        return NOT_WHOLE;
      }
    }
    return sum;
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
