package io.varve.query.catalog;

import io.varve.query.QueryLimits;
import io.varve.query.RunningQueryLimits;
import io.varve.query.influxql.ast.ShowStatement;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs SHOW DIAGNOSTICS: what is running here, where, since when and how it is set up. */
final class DiagnosticsStatement {
  private final Store store;
  private final EngineInfo engine;

  DiagnosticsStatement(Store store, EngineInfo engine) {
    this.store = store;
    this.engine = engine;
  }

  List<Table> run(ShowStatement.Diagnostics show, long nowNanos) {
    TreeMap<String, Map<String, Object>> modules = new TreeMap<>();
    modules.put("config-coordinator", coordinator());
    modules.put("network", Map.of("hostname", hostName()));
    modules.put("runtime", runtime());
    modules.put("system", system(Instant.ofEpochSecond(0, nowNanos)));
    modules.putAll(store.diagnostics());
    modules.putAll(engine.described());
    List<Table> tables = new ArrayList<>();
    modules.forEach(
        (name, values) -> {
          if (StatsStatements.isWanted(name, show.module())) {
            tables.add(StatsStatements.table(name, values));
          }
        });
    return tables;
  }

  private Map<String, Object> coordinator() {
    QueryLimits limits = engine.limits();
    RunningQueryLimits running = engine.queries().limits();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("log-queries-after", GoDuration.format(running.logAfterNanos()));
    values.put("max-concurrent-queries", (long) running.maxConcurrent());
    values.put("max-select-buckets", limits.maxSelectBuckets());
    values.put("max-select-series", limits.maxSelectSeries());
    values.put("query-timeout", GoDuration.format(running.timeoutNanos()));
    return values;
  }

  private static Map<String, Object> runtime() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("arch", System.getProperty("os.arch", ""));
    values.put("os", System.getProperty("os.name", ""));
    values.put("processors", (long) Runtime.getRuntime().availableProcessors());
    values.put("version", "java " + Runtime.version());
    return values;
  }

  private Map<String, Object> system(Instant now) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("PID", ProcessHandle.current().pid());
    values.put("currentTime", now.toString());
    values.put("started", engine.started().toString());
    values.put("uptime", GoDuration.format(Duration.between(engine.started(), now).toNanos()));
    return values;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }
}
