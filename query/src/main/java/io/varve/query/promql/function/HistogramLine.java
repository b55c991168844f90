package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramSum;
import io.varve.query.promql.histogram.ResetDetection;

/** Histograms between two samples: all their numbers are on straight lines. */
final class HistogramLine {
  private HistogramLine() {}

  /**
   * The histogram at a time between a sample and the next, which both are histograms of one kind; a
   * line across a reset of a counter begins at zero.
   */
  static FloatHistogram at(Samples samples, int place, long timeMillis, boolean counter) {
    FloatHistogram first = samples.histogram(place);
    FloatHistogram second = samples.histogram(place + 1);
    if (first == null || second == null) {
      throw new IllegalStateException("a line between histograms leads to a float");
    }
    long[] times = samples.timesMillis();
    double share = (double) (timeMillis - times[place]) / (times[place + 1] - times[place]);
    HistogramSum line = new HistogramSum(second.times(share));
    line.add(
        counter && ResetDetection.isReset(second, first)
            ? first.emptied()
            : first.times(1 - share));
    return line.total();
  }

  /** Whether there is a line between a sample and the next. */
  static boolean exists(Samples samples, int place) {
    FloatHistogram first = samples.histogram(place);
    FloatHistogram second = samples.histogram(place + 1);
    return first != null && second != null && first.isCustom() == second.isCustom();
  }

  /**
   * The value between a sample and the next, where one is a histogram; without a line the first.
   */
  static void put(Samples samples, int place, long timeMillis, StepValues out, int step) {
    if (exists(samples, place)) {
      out.set(step, at(samples, place, timeMillis, isCounter(samples, place)));
    } else {
      put(samples, place, out, step);
    }
  }

  private static boolean isCounter(Samples samples, int place) {
    FloatHistogram first = samples.histogram(place);
    FloatHistogram second = samples.histogram(place + 1);
    return first != null && !first.isGauge() && second != null && !second.isGauge();
  }

  /** The value of a sample. */
  static void put(Samples samples, int place, StepValues out, int step) {
    FloatHistogram histogram = samples.histogram(place);
    if (histogram == null) {
      out.set(step, samples.values()[place]);
    } else {
      out.set(step, histogram);
    }
  }
}
