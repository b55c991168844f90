package io.varve.query.catalog;

import io.varve.query.influxql.ast.ShowStatement;
import io.varve.storage.StoreStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs SHOW STATS and SHOW DIAGNOSTICS: one table per module, one row in it. */
final class StatsStatements {
  private final Store store;

  StatsStatements(Store store) {
    this.store = store;
  }

  List<Table> stats(ShowStatement.Stats show) {
    List<Table> tables = new ArrayList<>();
    StoreStats stats = store.stats();
    if (stats != null) {
      Map<String, Object> write = new LinkedHashMap<>();
      write.put("commits", stats.commits());
      write.put("storedRows", stats.storedRows());
      write.put("droppedRows", stats.droppedRows());
      write.put("rejectedBatches", stats.rejectedBatches());
      write.put("queuedBytes", stats.queuedBytes());
      add("write", write, show.module(), tables);
      Map<String, Object> engine = new LinkedHashMap<>();
      engine.put("headBytes", stats.headBytes());
      engine.put("logBytes", stats.logBytes());
      engine.put("cacheBytes", stats.cacheBytes());
      engine.put("chunkFileBytes", stats.chunkFileBytes());
      engine.put("indexFileBytes", stats.indexFileBytes());
      engine.put("logFileBytes", stats.logFileBytes());
      engine.put("openReaders", (long) stats.openReaders());
      add("engine", engine, show.module(), tables);
    }
    Runtime runtime = Runtime.getRuntime();
    Map<String, Object> memory = new LinkedHashMap<>();
    memory.put("heapUsedBytes", runtime.totalMemory() - runtime.freeMemory());
    memory.put("heapMaxBytes", runtime.maxMemory());
    add("runtime", memory, show.module(), tables);
    return tables;
  }

  List<Table> diagnostics(ShowStatement.Diagnostics show) {
    List<Table> tables = new ArrayList<>();
    Map<String, Object> runtime = new LinkedHashMap<>();
    runtime.put("java", String.valueOf(Runtime.version()));
    runtime.put("processors", (long) Runtime.getRuntime().availableProcessors());
    add("runtime", runtime, show.module(), tables);
    Map<String, Object> system = new LinkedHashMap<>();
    system.put("PID", ProcessHandle.current().pid());
    add("system", system, show.module(), tables);
    return tables;
  }

  private static void add(
      String name, Map<String, Object> values, @Nullable String wanted, List<Table> into) {
    if (wanted == null || wanted.equals(name)) {
      into.add(
          new Table(name, List.copyOf(values.keySet()), List.of(List.copyOf(values.values()))));
    }
  }
}
