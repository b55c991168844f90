package io.varve.query.promql.function;

/** Times in seconds of certain samples of a window; of several extremes, the last. */
final class SampleTimes {
  private static final double MILLIS = 1000;

  private SampleTimes() {}

  static double minimum(long[] times, double[] values, int from, int to) {
    int best = from;
    for (int i = from + 1; i < to; i++) {
      if (values[i] <= values[best] || Double.isNaN(values[best])) {
        best = i;
      }
    }
    return times[best] / MILLIS;
  }

  static double maximum(long[] times, double[] values, int from, int to) {
    int best = from;
    for (int i = from + 1; i < to; i++) {
      if (values[i] >= values[best] || Double.isNaN(values[best])) {
        best = i;
      }
    }
    return times[best] / MILLIS;
  }
}
