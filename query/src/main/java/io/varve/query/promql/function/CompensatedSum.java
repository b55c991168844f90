package io.varve.query.promql.function;

/**
 * A sum with what rounding took from it (Neumaier's variant of Kahan's algorithm). Infinite or NaN
 * sums have no compensation.
 */
final class CompensatedSum {
  /** What {@link #ofWholeNumbers} cannot be. */
  static final long NOT_WHOLE = Long.MIN_VALUE;

  /** Sums of whole numbers below this are not rounded. */
  private static final double EXACT = 1L << 53;

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
   * of them is rounded: then nothing is lost however they are added, and it takes a tenth of the
   * time. {@link #NOT_WHOLE} otherwise.
   */
  static long ofWholeNumbers(double[] values, int from, int to) {
    double sum = 0;
    double size = 0;
    for (int run = from; run < to; run += RUN) {
      int end = Math.min(to, run + RUN);
      // Every other place apart, so that one addition need not wait for the other.
      double evenSum = 0;
      double evenSize = 0;
      double evenRest = 0;
      double oddSum = 0;
      double oddSize = 0;
      double oddRest = 0;
      for (int i = run; i < end; i += 2) {
        double even = values[i];
        double odd = i + 1 < end ? values[i + 1] : 0;
        evenSum += even;
        oddSum += odd;
        evenSize += Math.abs(even);
        oddSize += Math.abs(odd);
        evenRest += Math.abs(even - Math.rint(even));
        oddRest += Math.abs(odd - Math.rint(odd));
      }
      sum += evenSum + oddSum;
      size += evenSize + oddSize;
      // Neither holds for NaN, which is also what the rest of an infinite number is.
      if (!(size < EXACT && evenRest + oddRest == 0)) {
        return NOT_WHOLE;
      }
    }
    return (long) sum;
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
