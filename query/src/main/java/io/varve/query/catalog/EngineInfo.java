package io.varve.query.catalog;

import io.varve.query.QueryLimits;
import io.varve.query.StatsRow;
import io.varve.query.running.RunningQueries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** What statements can see of the engine that runs them. Thread-safe. */
public final class EngineInfo {
  private final RunningQueries queries;
  private final QueryLimits limits;
  private final Instant started;
  private final List<Supplier<List<StatsRow>>> counted = new CopyOnWriteArrayList<>();
  private final TreeMap<String, Map<String, Object>> described = new TreeMap<>();

  public EngineInfo(RunningQueries queries, QueryLimits limits, Instant started) {
    this.queries = queries;
    this.limits = limits;
    this.started = started;
  }

  public RunningQueries queries() {
    return queries;
  }

  public QueryLimits limits() {
    return limits;
  }

  Instant started() {
    return started;
  }

  /** Adds rows to SHOW STATS; asked each time. */
  public void count(Supplier<List<StatsRow>> rows) {
    counted.add(rows);
  }

  List<StatsRow> stats() {
    List<StatsRow> rows = new ArrayList<>();
    counted.forEach(source -> rows.addAll(source.get()));
    return rows;
  }

  /** Adds a module to SHOW DIAGNOSTICS, or replaces it; values are Strings, Longs or Booleans. */
  public synchronized void describe(String module, Map<String, Object> values) {
    described.put(module, values);
  }

  synchronized Map<String, Map<String, Object>> described() {
    return new TreeMap<>(described);
  }
}
