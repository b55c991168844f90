package io.varve.query.operator;

import io.varve.query.QueryException;
import io.varve.query.QueryLimits;
import java.util.function.BooleanSupplier;

/**
 * What one statement may use; asked before memory is taken, and once per batch whether to go on.
 */
public final class QueryBudget {
  private final QueryLimits limits;
  private final BooleanSupplier cancelled;

  public QueryBudget(QueryLimits limits, BooleanSupplier cancelled) {
    this.limits = limits;
    this.cancelled = cancelled;
  }

  public QueryLimits limits() {
    return limits;
  }

  /** Throws if the query has been cancelled. */
  public void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new QueryException("query interrupted");
    }
  }

  /** Throws if a result may not have this many windows. */
  public void checkWindows(long windows) {
    if (windows > limits.maxSelectBuckets()) {
      throw new QueryException(
          "max-select-buckets limit exceeded: (" + windows + "/" + limits.maxSelectBuckets() + ")");
    }
  }

  /** Throws if a statement may not read this many series. */
  public void checkSeries(long series) {
    if (series > limits.maxSelectSeries()) {
      throw new QueryException(
          "max-select-series limit exceeded: (" + series + "/" + limits.maxSelectSeries() + ")");
    }
  }

  /** Throws if a statement may not keep this many bytes of state. */
  public void checkStateBytes(long bytes) {
    if (bytes > limits.maxStateBytes()) {
      throw new QueryException(
          "query needs "
              + bytes
              + " bytes of state, max-select-memory is "
              + limits.maxStateBytes());
    }
  }
}
