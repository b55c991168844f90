package io.varve.query.running;

import io.varve.query.QueryException;
import io.varve.query.RunningQueryLimits;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The requests that an engine is answering, in order of their ids. As many as the engine's callers
 * run at once, or as {@link RunningQueryLimits#maxConcurrent} allows. Thread-safe.
 */
public final class RunningQueries {
  private final RunningQueryLimits limits;
  private final LongSupplier ticker;
  private final TreeMap<Long, RunningQuery> running = new TreeMap<>();
  private long begun;
  private long withdrawn;
  private long finished;
  private long totalNanos;

  public RunningQueries(RunningQueryLimits limits) {
    this(limits, System::nanoTime);
  }

  /**
   * @param ticker tells the time as {@link System#nanoTime} does
   */
  public RunningQueries(RunningQueryLimits limits, LongSupplier ticker) {
    this.limits = limits;
    this.ticker = ticker;
  }

  /**
   * Adds a request, which the caller closes at its end.
   *
   * @throws QueryException if there are too many already
   */
  public synchronized RunningQuery begin(RunningQuery.Request request) {
    if (limits.maxConcurrent() > 0 && running.size() >= limits.maxConcurrent()) {
      throw new QueryException(
          "max-concurrent-queries limit exceeded("
              + running.size()
              + ", "
              + limits.maxConcurrent()
              + ")");
    }
    RunningQuery query = new RunningQuery(this, ++begun, request, nowNanos());
    running.put(query.id(), query);
    return query;
  }

  /** Those that run now. */
  public synchronized List<RunningQuery> list() {
    return List.copyOf(running.values());
  }

  /**
   * Makes a query end at its next batch of rows.
   *
   * @param id unsigned
   * @throws QueryException if there is no such query, or it was killed before
   */
  public synchronized void kill(long id) {
    RunningQuery query = running.get(id);
    if (query == null) {
      throw new QueryException("no such query id: " + Long.toUnsignedString(id));
    }
    query.kill();
  }

  /** Counts of all requests so far. */
  public synchronized Totals totals() {
    return new Totals(running.size(), begun - withdrawn, finished, totalNanos);
  }

  /**
   * How many requests there were.
   *
   * @param active run now
   * @param begun ever
   * @param finished ended, well or not
   * @param totalNanos how long those that ended took, together
   */
  public record Totals(int active, long begun, long finished, long totalNanos) {}

  public RunningQueryLimits limits() {
    return limits;
  }

  long nowNanos() {
    return ticker.getAsLong();
  }

  synchronized void withdraw(RunningQuery query) {
    running.remove(query.id());
    withdrawn++;
  }

  synchronized void end(RunningQuery query, long elapsedNanos) {
    running.remove(query.id());
    finished++;
    totalNanos += elapsedNanos;
  }
}
