package io.varve.query.promql.histogram;

import org.jspecify.annotations.Nullable;

/** What holds for every histogram that a client may send and the store may have. */
public final class HistogramRules {
  /** Largest index of a bucket, either way; the finest schema needs some 300,000. */
  static final int MAX_INDEX = 1 << 28;

  private HistogramRules() {}

  /** What is wrong with a histogram, for the client, or null. */
  public static @Nullable String problem(FloatHistogram histogram) {
    if (histogram.isCustom()) {
      String problem = problemOfCustom(histogram);
      if (problem != null) {
        return problem;
      }
    } else {
      if (histogram.schema() < ExponentialBounds.MIN_SCHEMA
          || histogram.schema() > ExponentialBounds.MAX_SCHEMA) {
        return "histogram schema " + histogram.schema() + " is not from -4 to 8, nor -53";
      }
      if (histogram.bounds().size() > 0) {
        return "a histogram with exponential buckets has custom bounds";
      }
      if (!(histogram.zeroThreshold() >= 0) || Double.isInfinite(histogram.zeroThreshold())) {
        return "the zero threshold of a histogram is " + histogram.zeroThreshold();
      }
    }
    if (histogram.count() < 0) {
      return "the count of a histogram is " + histogram.count();
    }
    if (histogram.zeroCount() < 0) {
      return "the zero bucket of a histogram has " + histogram.zeroCount() + " observations";
    }
    String negative = problemOf(histogram.negative());
    return negative != null ? negative : problemOf(histogram.positive());
  }

  private static @Nullable String problemOf(Buckets buckets) {
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.count(i) < 0) {
        return "bucket "
            + buckets.index(i)
            + " of a histogram has "
            + buckets.count(i)
            + " observations";
      }
      if (Math.abs(buckets.index(i)) > MAX_INDEX) {
        return "bucket " + buckets.index(i) + " of a histogram is out of range";
      }
    }
    return null;
  }

  private static @Nullable String problemOfCustom(FloatHistogram histogram) {
    CustomBounds bounds = histogram.bounds();
    for (int i = 0; i < bounds.size(); i++) {
      double bound = bounds.upper(i);
      if (Double.isNaN(bound) || Double.isInfinite(bound)) {
        return "a custom bound of a histogram is " + bound;
      }
      if (i > 0 && bounds.upper(i - 1) >= bound) {
        return "the custom bounds of a histogram are not ascending: "
            + bounds.upper(i - 1)
            + ", "
            + bound;
      }
    }
    if (histogram.zeroCount() != 0
        || histogram.zeroThreshold() != 0
        || !histogram.negative().isEmpty()) {
      return "a histogram with custom buckets has a zero bucket or negative ones";
    }
    Buckets buckets = histogram.positive();
    if (!buckets.isEmpty()
        && (buckets.index(0) < 0 || buckets.index(buckets.size() - 1) > bounds.size())) {
      return "a histogram with "
          + bounds.size()
          + " custom bounds has buckets from "
          + buckets.index(0)
          + " to "
          + buckets.index(buckets.size() - 1);
    }
    return null;
  }
}
