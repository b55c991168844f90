package io.varve.query.catalog;

import io.varve.query.StatsRow;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.running.RunningQueries;
import io.varve.storage.SeriesReader;
import io.varve.storage.ShardInfo;
import io.varve.storage.StoreStats;
import io.varve.storage.model.RefusedSeries;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs SHOW STATS: one table per module, one row in it. Names are those of InfluxDB where the thing
 * is the same.
 */
final class StatsStatements {
  private final Store store;
  private final OpenSnapshots snapshots;
  private final EngineInfo engine;
  private final List<Table> tables = new ArrayList<>();

  StatsStatements(Store store, OpenSnapshots snapshots, EngineInfo engine) {
    this.store = store;
    this.snapshots = snapshots;
    this.engine = engine;
  }

  List<Table> run(ShowStatement.Stats show) {
    String wanted = show.module();
    add("runtime", wanted, StatsStatements::runtime);
    add("queryExecutor", wanted, this::queryExecutor);
    if (isWanted("database", wanted)) {
      store.databaseNames().forEach(this::database);
    }
    if (isWanted("shard", wanted)) {
      store.shards().forEach(this::shard);
    }
    StoreStats stats = store.stats();
    if (stats != null) {
      add("write", wanted, () -> write(stats));
      add("engine", wanted, () -> engine(stats));
    }
    for (StatsRow row : engine.stats()) {
      if (isWanted(row.module(), wanted)) {
        Map<String, Object> values = row.values();
        tables.add(
            new Table(
                row.module(),
                row.tags(),
                List.copyOf(values.keySet()),
                List.of(List.copyOf(values.values()))));
      }
    }
    return tables;
  }

  private static Map<String, Object> runtime() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    long collections = 0;
    long pauseMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      pauseMillis += Math.max(0, collector.getCollectionTime());
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("Alloc", heap.getUsed());
    values.put("HeapMax", heap.getMax());
    values.put("HeapSys", heap.getCommitted());
    values.put(
        "NonHeapSys", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getCommitted());
    values.put("NumGC", collections);
    values.put("NumThread", (long) ManagementFactory.getThreadMXBean().getThreadCount());
    values.put("PauseTotalNs", pauseMillis * 1_000_000);
    return values;
  }

  private Map<String, Object> queryExecutor() {
    RunningQueries.Totals totals = engine.queries().totals();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("queriesActive", (long) totals.active());
    values.put("queriesExecuted", totals.begun());
    values.put("queriesFinished", totals.finished());
    values.put("queryDurationNs", totals.totalNanos());
    return values;
  }

  private void database(String name) {
    long series = 0;
    long measurements = 0;
    if (!store.retentionPolicies(name).isEmpty()) {
      SeriesReader reader = snapshots.namesReader(name);
      measurements = reader.measurements().size();
      series = store.seriesCount(name);
    }
    tables.add(
        new Table(
            "database",
            Map.of("database", name),
            List.of("numMeasurements", "numSeries"),
            List.of(List.of(measurements, series))));
  }

  private void shard(ShardInfo shard) {
    Map<String, String> tags = new TreeMap<>();
    tags.put("database", shard.database());
    tags.put("id", String.valueOf(shard.id()));
    tags.put("retentionPolicy", shard.retentionPolicy());
    tables.add(
        new Table(
            "shard",
            tags,
            List.of("numSeries", "headBytes", "compacted"),
            List.of(List.of(shard.seriesCount(), shard.headBytes(), shard.compacted()))));
  }

  private static Map<String, Object> write(StoreStats stats) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("pointReq", stats.storedRows() + stats.droppedRows());
    values.put("writeOk", stats.storedRows());
    values.put("writeDrop", stats.droppedRows());
    values.put("commits", stats.commits());
    values.put("rejectedBatches", stats.rejectedBatches());
    values.put("queuedBytes", stats.queuedBytes());
    return values;
  }

  private static Map<String, Object> engine(StoreStats stats) {
    RefusedSeries refused = stats.refusedSeries();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("series", stats.series());
    values.put("refusedByMaxSeries", refused.byMaxSeries());
    values.put("refusedByMaxValuesPerTag", refused.byMaxValuesPerTag());
    values.put("refusedByMaxNewSeriesPerMinute", refused.byMaxNewSeriesPerMinute());
    values.put("headBytes", stats.headBytes());
    values.put("headBudgetBytes", stats.headBudgetBytes());
    values.put("logBytes", stats.logBytes());
    values.put("cacheBytes", stats.cacheBytes());
    values.put("chunkCacheBytes", stats.chunkCacheBytes());
    values.put("chunkFileBytes", stats.chunkFileBytes());
    values.put("indexFileBytes", stats.indexFileBytes());
    values.put("logFileBytes", stats.logFileBytes());
    values.put("cleanShards", (long) stats.cleanShards());
    values.put("dirtyShards", (long) stats.dirtyShards());
    values.put("tombstones", stats.tombstones());
    values.put("chunksRewritten", stats.chunksRewritten());
    values.put("openReaders", (long) stats.openReaders());
    return values;
  }

  private void add(String name, @Nullable String wanted, Supplier<Map<String, Object>> values) {
    if (isWanted(name, wanted)) {
      tables.add(table(name, values.get()));
    }
  }

  static boolean isWanted(String name, @Nullable String wanted) {
    return wanted == null || wanted.equals(name);
  }

  static Table table(String name, Map<String, Object> values) {
    return new Table(name, List.copyOf(values.keySet()), List.of(List.copyOf(values.values())));
  }
}
