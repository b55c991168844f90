package io.varve.query.promql.eval;

import io.varve.query.promql.PromException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Counts the values that an evaluation keeps, and stops it when they are too many or nobody waits
 * for it any more. What an inner expression has kept counts to the end of the query. Thread-safe.
 */
final class SampleBudget {
  private final long maxSamples;
  private final BooleanSupplier cancelled;
  private final AtomicLong used = new AtomicLong();

  SampleBudget(EvalSettings settings) {
    this.maxSamples = settings.maxSamples();
    this.cancelled = settings.cancelled();
  }

  /** Asks for room for so many values, before they are allocated. */
  void take(long samples) {
    if (used.addAndGet(samples) > maxSamples) {
      throw new PromException(
          PromException.Kind.EXECUTION,
          "query processing would load too many samples into memory in query execution");
    }
  }

  void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new PromException(PromException.Kind.CANCELED, "query was canceled");
    }
  }
}
