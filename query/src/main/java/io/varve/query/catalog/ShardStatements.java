package io.varve.query.catalog;

import io.varve.storage.ShardInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs SHOW SHARDS, SHOW SHARD GROUPS and DROP SHARD. A shard group has one shard, so both have the
 * same id.
 */
final class ShardStatements {
  private static final List<String> SHARD_COLUMNS =
      List.of(
          "id",
          "database",
          "retention_policy",
          "shard_group",
          "start_time",
          "end_time",
          "expiry_time",
          "owners");
  private static final List<String> GROUP_COLUMNS =
      List.of("id", "database", "retention_policy", "start_time", "end_time", "expiry_time");

  private final Store store;

  ShardStatements(Store store) {
    this.store = store;
  }

  /** A table for each database, even one without shards. */
  List<Table> shards() {
    List<ShardInfo> all = sorted();
    List<Table> tables = new ArrayList<>();
    for (String database : store.databaseNames()) {
      List<List<Object>> rows = new ArrayList<>();
      for (ShardInfo shard : all) {
        if (shard.database().equals(database)) {
          rows.add(
              List.of(
                  shard.id(),
                  database,
                  shard.retentionPolicy(),
                  shard.id(),
                  start(shard),
                  end(shard),
                  expiry(shard),
                  ""));
        }
      }
      tables.add(new Table(database, SHARD_COLUMNS, rows));
    }
    return tables;
  }

  List<Table> groups() {
    List<List<Object>> rows = new ArrayList<>();
    for (ShardInfo shard : sorted()) {
      rows.add(
          List.of(
              shard.id(),
              shard.database(),
              shard.retentionPolicy(),
              start(shard),
              end(shard),
              expiry(shard)));
    }
    return List.of(new Table("shard groups", GROUP_COLUMNS, rows));
  }

  /** By database, then id. */
  private List<ShardInfo> sorted() {
    return store.shards().stream()
        .sorted(Comparator.comparing(ShardInfo::database).thenComparing(ShardInfo::id))
        .toList();
  }

  private static String start(ShardInfo shard) {
    return time(shard.startNanos()).toString();
  }

  private static String end(ShardInfo shard) {
    return time(shard.lastNanos()).plusNanos(1).toString();
  }

  /** When the policy will have forgotten all of it; empty if never. */
  private static String expiry(ShardInfo shard) {
    return shard.retentionNanos() == 0
        ? ""
        : time(shard.lastNanos()).plusNanos(1).plusNanos(shard.retentionNanos()).toString();
  }

  private static Instant time(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }
}
