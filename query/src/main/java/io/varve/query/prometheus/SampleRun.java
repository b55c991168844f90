package io.varve.query.prometheus;

import io.varve.query.promql.function.Samples;
import io.varve.query.promql.histogram.FloatHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Samples of a series in time order, floats and native histograms. Whoever gave it may change it
 * when the call that took it returns.
 */
public final class SampleRun {
  private final Samples samples;
  private final int count;

  SampleRun(Samples samples) {
    this(samples, samples.count());
  }

  /** The first of some samples. */
  public SampleRun(Samples samples, int count) {
    this.samples = samples;
    this.count = count;
  }

  public int count() {
    return count;
  }

  public long timeMillis(int place) {
    return samples.timesMillis()[place];
  }

  /** The float at a place that has no histogram. */
  public double value(int place) {
    return samples.values()[place];
  }

  /** Whether some places may have histograms. */
  public boolean hasHistograms() {
    return samples.hasHistograms();
  }

  /** The histogram at a place; null if there is a float. */
  public @Nullable FloatHistogram histogram(int place) {
    return samples.histogram(place);
  }
}
