package io.varve.query.promql.histogram;

/**
 * The quantile estimated from the buckets: linear in custom buckets and in the zero bucket, and
 * such that equal parts of an exponential bucket's logarithm have equally many observations.
 *
 * <p>Source: the specification of Prometheus' native histograms, "Interpolation within a bucket".
 */
public final class HistogramQuantile {
  private HistogramQuantile() {}

  /**
   * The quantile; NaN if nothing was observed or if it falls among observations of NaN, which count
   * but are in no bucket.
   *
   * @param quantile infinities are given for what is below 0 and above 1
   */
  public static double of(FloatHistogram histogram, double quantile) {
    if (quantile < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (quantile > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (histogram.count() == 0 || Double.isNaN(quantile)) {
      return Double.NaN;
    }
    BucketList buckets = BucketList.of(histogram);
    // From the nearer end, so that less is lost by rounding; from below if NaNs are at the top.
    boolean up = Double.isNaN(histogram.sum()) || quantile < 0.5;
    double rank = up ? quantile * histogram.count() : (1 - quantile) * histogram.count();
    int place = -1;
    double passed = 0;
    for (int i = 0; i < buckets.size(); i++) {
      place = up ? i : buckets.size() - 1 - i;
      passed += buckets.count(place);
      if (passed >= rank) {
        break;
      }
    }
    if (place < 0 || (passed < rank && Double.isNaN(histogram.sum()))) {
      return place < 0 && !Double.isNaN(histogram.sum()) ? 0 : Double.NaN;
    }
    passed = Math.min(passed, histogram.count());
    double inBucket = up ? rank - (passed - buckets.count(place)) : passed - rank;
    return within(histogram, buckets, place, inBucket / buckets.count(place));
  }

  private static double within(
      FloatHistogram histogram, BucketList buckets, int place, double fraction) {
    double lower = buckets.lower(place);
    double upper = buckets.upper(place);
    if (histogram.isCustom()) {
      if (lower == Double.NEGATIVE_INFINITY) {
        return upper <= 0 ? upper : upper * fraction;
      }
      return upper == Double.POSITIVE_INFINITY ? lower : lower + (upper - lower) * fraction;
    }
    if (buckets.isZero(place)) {
      ZeroSpan span = ZeroSpan.of(histogram);
      return span.lower() + (span.upper() - span.lower()) * fraction;
    }
    double logLower = Logarithm.base2(Math.abs(lower));
    double logUpper = Logarithm.base2(Math.abs(upper));
    return lower > 0
        ? Math.pow(2, logLower + (logUpper - logLower) * fraction)
        : -Math.pow(2, logUpper + (logLower - logUpper) * (1 - fraction));
  }
}
