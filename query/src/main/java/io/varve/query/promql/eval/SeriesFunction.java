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
 */
record SeriesFunction(
    Supplier<RangeFunction> instances,
    StepWindows windows,
    double[][] parameters,
    PositionRange position) {}
