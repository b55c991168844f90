package io.varve.query.catalog;

import io.varve.query.QueryLimits;
import io.varve.query.running.RunningQueries;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** What statements can see of the engine that runs them. Thread-safe. */
public final class EngineInfo {
  private final RunningQueries queries;
  private final QueryLimits limits;
  private final Instant started;
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

  /** Adds a module to SHOW DIAGNOSTICS, or replaces it; values are Strings, Longs or Booleans. */
  public synchronized void describe(String module, Map<String, Object> values) {
    described.put(module, values);
  }

  synchronized Map<String, Map<String, Object>> described() {
    return new TreeMap<>(described);
  }
}
