package io.varve.query.promql.histogram;

/** What is made of histograms that are added one after another. Not thread-safe. */
public interface HistogramTotal {
  /** Whether it can be added: all have exponential or all have custom buckets. */
  boolean takes(FloatHistogram histogram);

  /** Adds what it {@link #takes}. */
  void add(FloatHistogram histogram);

  /** Whether custom bounds differed, so that only the common ones are left. */
  boolean isReconciled();

  /** Whether some counters began anew while others went on. */
  boolean hasConflictingResets();

  FloatHistogram total();

  /** A mean or a sum that has one histogram so far. */
  static HistogramTotal of(FloatHistogram first, boolean mean) {
    return mean ? new HistogramMean(first) : new HistogramSum(first);
  }
}
