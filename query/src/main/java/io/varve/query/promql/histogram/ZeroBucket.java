package io.varve.query.promql.histogram;

/** Makes the zero bucket of exponential histograms wider, so that two of them agree in it. */
final class ZeroBucket {
  private ZeroBucket() {}

  /**
   * The histogram with a zero bucket of at least a width; wider than that if a populated bucket
   * would otherwise be cut.
   */
  static FloatHistogram widened(FloatHistogram histogram, double threshold) {
    double wide = threshold;
    int positives = 0;
    int negatives = 0;
    boolean moved = true;
    while (moved) {
      double before = wide;
      positives = within(histogram.positive(), histogram.schema(), wide);
      wide = Math.max(wide, end(histogram.positive(), histogram.schema(), positives));
      negatives = within(histogram.negative(), histogram.schema(), wide);
      wide = Math.max(wide, end(histogram.negative(), histogram.schema(), negatives));
      moved = wide != before;
    }
    Buckets positive = histogram.positive();
    Buckets negative = histogram.negative();
    double zeros = histogram.zeroCount();
    zeros += positive.part(0, positives).total();
    zeros += negative.part(0, negatives).total();
    return new FloatHistogram(
        histogram.schema(),
        histogram.hint(),
        histogram.count(),
        histogram.sum(),
        wide,
        zeros,
        negative.part(negatives, negative.size()),
        positive.part(positives, positive.size()),
        histogram.bounds());
  }

  /** How many buckets begin below a width. */
  private static int within(Buckets buckets, int schema, double width) {
    int count = 0;
    while (count < buckets.size()
        && ExponentialBounds.upper(buckets.index(count) - 1, schema) < width) {
      count++;
    }
    return count;
  }

  /** Where the last of the first buckets ends; 0 if there is none. */
  private static double end(Buckets buckets, int schema, int count) {
    return count == 0 ? 0 : ExponentialBounds.upper(buckets.index(count - 1), schema);
  }
}
