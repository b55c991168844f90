package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.StepValues;

/** Takes the series of a vector one by one. For one thread. */
interface SeriesSink {
  /**
   * Called once per series that has a value at some step.
   *
   * @param values may be changed; the caller's again when this returns
   */
  void accept(Labels labels, StepValues values);
}
