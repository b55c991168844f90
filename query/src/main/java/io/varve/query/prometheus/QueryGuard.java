package io.varve.query.prometheus;

import io.varve.query.QueryException;
import io.varve.query.promql.PromException;
import io.varve.query.running.RunningQueries;
import io.varve.query.running.RunningQuery;

/**
 * A request while it is answered: it is among the running queries, and ends when it was killed,
 * when its client has gone or when it has run for too long. Closed by whoever began it; may be
 * asked by any thread.
 */
final class QueryGuard implements AutoCloseable {
  private final RunningQuery running;
  private final long deadlineNanos;

  private QueryGuard(RunningQuery running, long deadlineNanos) {
    this.running = running;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * Enters a request.
   *
   * @param text what SHOW QUERIES shows
   * @throws PromException if too many run already, or there is no time left
   */
  static QueryGuard begin(RunningQueries all, String text, PromRequest request) {
    if (System.nanoTime() - request.deadlineNanos() >= 0) {
      throw timedOut("query timed out in query queue");
    }
    RunningQuery.Request entry =
        RunningQuery.Request.of(
            () -> text, request.database(), request.user(), request.cancelled());
    try {
      return new QueryGuard(all.begin(entry), request.deadlineNanos());
    } catch (QueryException e) {
      throw new PromException(PromException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Whether the request shall end.
   *
   * @throws PromException if it has run for too long
   */
  boolean isCancelled() {
    if (System.nanoTime() - deadlineNanos > 0) {
      throw timedOut("query timed out in expression evaluation");
    }
    try {
      return running.isInterrupted();
    } catch (QueryException e) {
      throw timedOut(String.valueOf(e.getMessage()));
    }
  }

  /** Throws if the request shall end; to be called once per series or some such amount of work. */
  void check() {
    if (isCancelled()) {
      throw new PromException(PromException.Kind.CANCELED, "query was canceled");
    }
  }

  private static PromException timedOut(String message) {
    return new PromException(PromException.Kind.TIMEOUT, message);
  }

  @Override
  public void close() {
    running.close();
  }
}
