package io.varve.query.promql.eval;

import java.util.function.BooleanSupplier;

/**
 * What an evaluation goes by.
 *
 * @param lookbackMillis how old the sample of an instant vector may be
 * @param defaultStepMillis the step of subqueries that name none
 * @param maxSamples values that may be in memory at once, 16 bytes each
 * @param cancelled asked once per series; true ends the evaluation
 */
public record EvalSettings(
    long lookbackMillis, long defaultStepMillis, long maxSamples, BooleanSupplier cancelled) {
  /** Five minutes, one minute, 50 million. */
  public static EvalSettings defaults(BooleanSupplier cancelled) {
    return new EvalSettings(300_000, 60_000, 50_000_000, cancelled);
  }
}
