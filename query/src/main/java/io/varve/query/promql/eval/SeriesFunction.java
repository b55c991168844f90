package io.varve.query.promql.eval;

import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.StepWindows;
import java.util.function.Supplier;

/**
 * What is made of the samples of each series.
 *
 * @param instances makes an instance for each thread and metric
 * @param position of the selector, for remarks
 * @param filter what of the values is kept; called by several threads
 */
record SeriesFunction(
    Supplier<RangeFunction> instances,
    StepWindows windows,
    double[][] parameters,
    PositionRange position,
    SeriesFilter filter) {

  /** The same with a filter. */
  SeriesFunction with(SeriesFilter other) {
    return new SeriesFunction(instances, windows, parameters, position, other);
  }
}
