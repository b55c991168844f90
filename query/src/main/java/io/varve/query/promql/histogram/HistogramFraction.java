package io.varve.query.promql.histogram;

/**
 * The share of observations between two values, estimated from the buckets as {@link
 * HistogramQuantile} does. Observations of NaN count, but are between no values.
 */
public final class HistogramFraction {
  private HistogramFraction() {}

  /** From 0 to 1; NaN if nothing was observed or a value is NaN. */
  public static double of(FloatHistogram histogram, double lower, double upper) {
    if (histogram.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    BucketList buckets = BucketList.of(histogram);
    double most = histogram.count();
    if (Double.isNaN(histogram.sum())) {
      most = 0;
      for (int i = 0; i < buckets.size(); i++) {
        most += buckets.count(i);
      }
    }
    double below = Math.min(most, rank(histogram, buckets, lower, most));
    return (Math.min(most, rank(histogram, buckets, upper, most)) - below) / histogram.count();
  }

  /** How many observations are below a value; all of them if no bucket reaches it. */
  private static double rank(
      FloatHistogram histogram, BucketList buckets, double value, double all) {
    double rank = 0;
    for (int i = 0; i < buckets.size(); i++) {
      double lower = buckets.lower(i);
      double upper = buckets.upper(i);
      if (buckets.isZero(i)) {
        ZeroSpan span = ZeroSpan.of(histogram);
        lower = span.lower();
        upper = span.upper();
      } else if (lower == Double.NEGATIVE_INFINITY && upper > 0) {
        lower = 0;
      }
      if (lower >= value) {
        return rank;
      }
      if (upper > value) {
        return rank + buckets.count(i) * share(histogram, buckets.isZero(i), lower, upper, value);
      }
      rank += buckets.count(i);
    }
    return all;
  }

  /** The share of a bucket that is below a value inside it. */
  private static double share(
      FloatHistogram histogram, boolean zero, double lower, double upper, double value) {
    if (lower == Double.NEGATIVE_INFINITY) {
      return 1;
    }
    if (zero || histogram.isCustom()) {
      return (value - lower) / (upper - lower);
    }
    double logLower = Logarithm.base2(Math.abs(lower));
    double logUpper = Logarithm.base2(Math.abs(upper));
    double logValue = Logarithm.base2(Math.abs(value));
    return value > 0
        ? (logValue - logLower) / (logUpper - logLower)
        : 1 - (logValue - logUpper) / (logLower - logUpper);
  }
}
