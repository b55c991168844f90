package io.varve.query.promql.eval;

import io.varve.query.QueryResources;
import java.util.function.BooleanSupplier;

/**
 * What an evaluation goes by.
 *
 * @param lookbackMillis how old the sample of an instant vector may be
 * @param defaultStepMillis the step of subqueries that name none
 * @param maxSamples values that may be in memory at once, up to 16 bytes each
 * @param cancelled asked at least once per series and batch, by any thread; true ends the
 *     evaluation
 * @param resources threads that may help, and the memory that all queries share
 */
public record EvalSettings(
    long lookbackMillis,
    long defaultStepMillis,
    long maxSamples,
    BooleanSupplier cancelled,
    QueryResources resources) {}
