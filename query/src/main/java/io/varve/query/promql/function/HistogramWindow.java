package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A window with histograms in it.
 *
 * @param from place of its first sample
 * @param to place behind its last sample
 * @param histograms how many of the samples are histograms, at least 1
 * @param startMillis the last instant before the window
 * @param endMillis the last instant of the window
 * @param remarks takes what there is to say
 */
record HistogramWindow(
    Samples samples,
    int from,
    int to,
    int histograms,
    long startMillis,
    long endMillis,
    Set<HistogramRemark> remarks) {
  int size() {
    return to - from;
  }

  /** Whether there are floats, too. */
  boolean isMixed() {
    return histograms < to - from;
  }

  long timeMillis(int place) {
    return samples.timesMillis()[place];
  }

  double value(int place) {
    return samples.values()[place];
  }

  @Nullable FloatHistogram histogram(int place) {
    return samples.histogram(place);
  }

  /** The histogram at a place of a window that is not mixed. */
  FloatHistogram only(int place) {
    FloatHistogram histogram = samples.histogram(place);
    if (histogram == null) {
      throw new IllegalStateException("a float in a window of histograms");
    }
    return histogram;
  }

  double seconds(int fromPlace, int toPlace) {
    return (timeMillis(toPlace) - timeMillis(fromPlace)) / 1000.0;
  }
}
