package io.varve.query.prometheus;

import io.varve.query.promql.Labels;

/** Takes series with their samples, one series after the other. */
public interface SeriesVisitor {
  /** A series begins; it has at least one sample. */
  void beginSeries(Labels labels);

  /**
   * The next samples of the series, in time order.
   *
   * @param samples the caller's again when this returns
   */
  void samples(SampleRun samples);

  /** The series has no more samples. */
  void endSeries();
}
