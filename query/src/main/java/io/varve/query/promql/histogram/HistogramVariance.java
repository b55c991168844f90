package io.varve.query.promql.histogram;

/** The variance if each observation were in the middle of its bucket. */
public final class HistogramVariance {
  private HistogramVariance() {}

  public static double of(FloatHistogram histogram) {
    BucketList buckets = BucketList.of(histogram);
    double mean = histogram.sum() / histogram.count();
    double total = 0;
    double lost = 0;
    for (int i = 0; i < buckets.size(); i++) {
      double distance = middle(histogram, buckets, i) - mean;
      double part = buckets.count(i) * distance * distance;
      double rounded = total + part;
      lost += Cells.lost(total, part, rounded);
      total = rounded;
    }
    return (total + lost) / histogram.count();
  }

  /** Of exponential buckets the geometric mean of the bounds. */
  private static double middle(FloatHistogram histogram, BucketList buckets, int place) {
    double lower = buckets.lower(place);
    double upper = buckets.upper(place);
    if (histogram.isCustom()) {
      return (upper + lower) / 2;
    }
    if (buckets.isZero(place)) {
      return 0;
    }
    double middle = Math.sqrt(upper * lower);
    return upper < 0 ? -middle : middle;
  }
}
