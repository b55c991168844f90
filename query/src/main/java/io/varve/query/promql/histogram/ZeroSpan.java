package io.varve.query.promql.histogram;

/** Where observations of the zero bucket are thought to be: on the side that has others, if one. */
record ZeroSpan(double lower, double upper) {
  static ZeroSpan of(FloatHistogram histogram) {
    double threshold = histogram.zeroThreshold();
    boolean negatives = !histogram.negative().isEmpty();
    boolean positives = !histogram.positive().isEmpty();
    return new ZeroSpan(
        positives && !negatives ? 0 : -threshold, negatives && !positives ? 0 : threshold);
  }
}
