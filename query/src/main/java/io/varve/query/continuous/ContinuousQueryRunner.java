package io.varve.query.continuous;

import io.varve.query.QueryException;
import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;
import io.varve.storage.StorageException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs continuous queries that are due. Knows no thread of its own: someone calls {@link #runDue}
 * now and then, one at a time.
 *
 * <p>How far a query has got is stored after each run, so windows missed by a restart or an error
 * are made up for. A run that is repeated writes the same points again, which changes nothing. An
 * error is logged when it turns up and not again until it changes; the query is tried again when
 * its next run would be.
 */
public final class ContinuousQueryRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ContinuousQueryRunner.class);

  private record Id(String database, String name, long ordinal) {
    static Id of(ContinuousQuery query) {
      return new Id(query.database(), query.name(), query.ordinal());
    }
  }

  /** A query that did not run. */
  private record Failure(String message, long retryNanos) {}

  private final ContinuousQueries queries;
  private final BiFunction<String, QueryOptions, ResultCursor> engine;
  private final Clock clock;
  private final BooleanSupplier cancelled;

  /** At most one for each query there is. */
  private final Map<Id, Failure> failures = new HashMap<>();

  private final AtomicLong completedRuns = new AtomicLong();
  private final AtomicLong failedRuns = new AtomicLong();

  /**
   * Prepares to run.
   *
   * @param engine parses and runs a text with all rights
   * @param cancelled true ends what is running
   */
  public ContinuousQueryRunner(
      ContinuousQueries queries,
      BiFunction<String, QueryOptions, ResultCursor> engine,
      Clock clock,
      BooleanSupplier cancelled) {
    this.queries = queries;
    this.engine = engine;
    this.clock = clock;
    this.cancelled = cancelled;
  }

  /** Runs that wrote what they had to. */
  public long completedRuns() {
    return completedRuns.get();
  }

  public long failedRuns() {
    return failedRuns.get();
  }

  /** Runs what is due, one query after the other. */
  public void runDue() {
    Set<Id> present = new HashSet<>();
    List<ContinuousQuery> all = queries.list();
    for (ContinuousQuery query : all) {
      if (cancelled.getAsBoolean()) {
        return;
      }
      Id id = Id.of(query);
      present.add(id);
      long now = nowNanos();
      Failure before = failures.get(id);
      if (before == null || before.retryNanos() <= now) {
        runDue(query, id, now);
      }
    }
    failures.keySet().retainAll(present);
  }

  private long nowNanos() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private void runDue(ContinuousQuery query, Id id, long now) {
    long every = 0;
    try {
      Preparation prepared = new Preparation(query.text());
      Schedule schedule = prepared.schedule();
      if (schedule == null) {
        return;
      }
      every = schedule.runEvery();
      Schedule.Run run = schedule.due(query.lastRunNanos(), now);
      if (run == null) {
        return;
      }
      ContinuousQuery begun = query;
      if (!run.isEmpty()) {
        if (query.lastRunNanos() == ContinuousQuery.NEVER) {
          // Should this first run not end well, it is from here that there is something to make up.
          begun = queries.setLastRun(query, run.startNanos());
        }
        execute(query.database(), prepared.statement(run, now));
        completedRuns.incrementAndGet();
      }
      queries.setLastRun(begun, run.lastRunNanos());
      if (failures.remove(id) != null) {
        LOG.info("continuous query {} on {} runs again", query.name(), query.database());
      }
    } catch (QueryException | StorageException e) {
      fail(query, id, now + every, String.valueOf(e.getMessage()));
    } catch (ArithmeticException e) {
      fail(query, id, now + every, "the intervals of the query are too long");
    }
  }

  private void execute(String database, String statement) {
    QueryOptions options = new QueryOptions(database, null, Map.of(), false, cancelled);
    try (ResultCursor answer = engine.apply(statement, options)) {
      answer.nextStatement();
      while (answer.nextSeries()) {
        while (answer.nextBlock()) {
          answer.block();
        }
      }
      String error = answer.error();
      if (error != null) {
        throw new QueryException(error);
      }
    }
  }

  private void fail(ContinuousQuery query, Id id, long retryNanos, String message) {
    if (cancelled.getAsBoolean()) {
      return;
    }
    failedRuns.incrementAndGet();
    Failure before = failures.put(id, new Failure(message, retryNanos));
    if (before == null || !before.message().equals(message)) {
      LOG.warn("continuous query {} on {} failed: {}", query.name(), query.database(), message);
    }
  }
}
