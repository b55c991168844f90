package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;

/** Makes the values of one series out of its samples. For one thread. */
@FunctionalInterface
interface SeriesFunction {
  /**
   * Sets a value at each step that has one.
   *
   * @param labels of the series, for remarks
   * @param out cleared first
   */
  void evaluate(Labels labels, Samples samples, StepValues out);
}
