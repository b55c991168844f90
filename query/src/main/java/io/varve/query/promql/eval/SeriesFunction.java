package io.varve.query.promql.eval;

import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;

/** Makes the values of one series out of its samples. For one thread. */
@FunctionalInterface
interface SeriesFunction {
  /**
   * Sets a value at each step that has one.
   *
   * @param out cleared first
   */
  void evaluate(Samples samples, StepValues out);
}
