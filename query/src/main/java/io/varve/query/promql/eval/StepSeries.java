package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.StepValues;

/** A series of a vector, with its values at all steps. */
public record StepSeries(Labels labels, StepValues values) {}
