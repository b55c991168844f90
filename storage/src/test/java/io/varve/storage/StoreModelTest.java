package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store against a map: random writes, checkpoints, restarts, reads of random ranges, and readers
 * that are kept and must go on seeing what there was when they were opened; by scans, and as far as
 * there are {@link NewestRows}.
 */
class StoreModelTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final int ROUNDS = Integer.getInteger("varve.rounds", 6);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final int abandonedBefore = KvStore.abandonedHandles();

  private final Map<String, Map<Long, Map<String, Object>>> model = new TreeMap<>();

  private record KeptReader(
      SeriesReader reader,
      long viewsGivenUp,
      Map<String, Integer> ids,
      Map<String, Map<Long, Map<String, Object>>> seen) {}

  private final List<KeptReader> kept = new ArrayList<>();

  /** Newest rows that were found without a scan. */
  private int newestFound;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
    assertThat(KvStore.abandonedHandles()).isEqualTo(abandonedBefore);
  }

  @Test
  void behavesLikeAMap() {
    newestFound = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long seed = Long.getLong("varve.seed", System.nanoTime());
      try {
        model.clear();
        kept.clear();
        run(new SplittableRandom(seed), directory.resolve("round" + round));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("fails with -Dvarve.seed=" + seed, e);
      }
    }
    assertThat(newestFound).isPositive();
  }

  private void run(SplittableRandom random, Path store) {
    VarveOptions options =
        VarveOptions.defaults()
            .withMemoryBudgetBytes(32 << 20)
            .withDurability(Durability.NONE)
            .withHeadBudgetBytes(random.nextBoolean() ? 1 << 30 : 200_000)
            .withCheckpointBytes(random.nextBoolean() ? 1 << 30 : 30_000);
    Varve varve = Varve.open(store, options);
    try {
      varve.createDatabase("d", new RetentionPolicy("p", 0, 100 * HOUR));
      for (int step = 0; step < 60; step++) {
        Database database = varve.database("d");
        if (database == null) {
          throw new AssertionError("the database is gone");
        }
        switch (random.nextInt(19)) {
          case 0 -> varve.checkpoint();
          case 15, 16 -> keep(varve, database);
          case 17, 18 -> compareOneKept(varve, random);
          case 1 -> {
            closeKept();
            if (random.nextBoolean()) {
              // Ends it without a checkpoint, as if killed.
              varve.engine().fail(new IllegalStateException("as if killed"));
            }
            varve.close();
            varve = Varve.open(store, options);
          }
          case 2, 3 -> compare(varve, database, random);
          case 4 -> {
            closeKept();
            dropSeries(database, random);
          }
          case 5, 6 -> delete(database, random);
          case 9 -> varve.compactShards();
          case 10 -> {
            if (random.nextInt(3) == 0) {
              closeKept();
              dropShard(varve, random);
            }
          }
          case 7 -> {
            if (random.nextInt(3) == 0) {
              closeKept();
              dropMeasurement(database, random);
            }
          }
          case 8 -> {
            if (random.nextInt(3) == 0) {
              closeKept();
              dropField(database, random);
            }
          }
          default -> write(database, random);
        }
      }
      for (KeptReader reader : kept) {
        compare(varve, reader);
      }
      closeKept();
      assertThat(varve.stats().retainedBytes()).isZero();
      varve.checkpoint();
      Database database = varve.database("d");
      if (database == null) {
        throw new AssertionError("the database is gone");
      }
      assertThat(Contents.of(database)).isEqualTo(model);
      // All is in chunks, and those have been read just now.
      compareNewest(varve, database, TimeRange.ALL, model);
      varve.compactShards();
      assertThat(varve.stats().tombstones()).isZero();
      assertThat(varve.stats().dirtyShards()).isZero();
      assertThat(Contents.of(database)).isEqualTo(model);
      assertThat(UnusedSeriesTest.listed(database)).containsExactlyElementsOf(model.keySet());
    } finally {
      closeKept();
      varve.close();
    }
  }

  /** Opens a reader that sees what there is now, whatever comes. */
  private void keep(Varve varve, Database database) {
    Map<String, Map<Long, Map<String, Object>>> copy = new TreeMap<>();
    model.forEach(
        (series, rows) -> {
          Map<Long, Map<String, Object>> copied = new TreeMap<>();
          rows.forEach((time, row) -> copied.put(time, Map.copyOf(row)));
          copy.put(series, copied);
        });
    SeriesReader reader = database.reader(null);
    kept.add(new KeptReader(reader, varve.stats().viewsGivenUp(), listed(reader), copy));
  }

  private void compareOneKept(Varve varve, SplittableRandom random) {
    if (!kept.isEmpty()) {
      KeptReader reader = kept.get(random.nextInt(kept.size()));
      compare(varve, reader);
      if (random.nextBoolean()) {
        reader.reader().close();
        kept.remove(reader);
      }
    }
  }

  private void compare(Varve varve, KeptReader kept) {
    if (varve.stats().viewsGivenUp() > kept.viewsGivenUp()) {
      // With a small head, readers that retain too much may see later rows, too.
      return;
    }
    Map<String, Map<Long, Map<String, Object>>> expected = new TreeMap<>(kept.seen());
    // Those all of whose rows were deleted since are off the lists, or there anew.
    Map<String, Integer> listed = listed(kept.reader());
    expected.keySet().removeIf(key -> !Objects.equals(kept.ids().get(key), listed.get(key)));
    compareNewest(varve, kept.reader(), kept.viewsGivenUp(), TimeRange.ALL, expected);
    assertThat(Contents.of(kept.reader(), TimeRange.ALL, false)).isEqualTo(expected);
    compareNewest(varve, kept.reader(), kept.viewsGivenUp(), TimeRange.ALL, expected);
  }

  private void compareNewest(
      Varve varve,
      Database database,
      TimeRange range,
      Map<String, Map<Long, Map<String, Object>>> expected) {
    long viewsGivenUp = varve.stats().viewsGivenUp();
    try (SeriesReader reader = database.reader(null)) {
      compareNewest(varve, reader, viewsGivenUp, range, expected);
    }
  }

  private void compareNewest(
      Varve varve,
      SeriesReader reader,
      long viewsGivenUp,
      TimeRange range,
      Map<String, Map<Long, Map<String, Object>>> expected) {
    if (varve.stats().viewsGivenUp() == viewsGivenUp) {
      newestFound += NewestContents.check(reader, range, expected);
    }
  }

  private static Map<String, Integer> listed(SeriesReader reader) {
    Map<String, Integer> listed = new TreeMap<>();
    for (String measurement : reader.measurements()) {
      for (int id : reader.select(measurement, new TagPredicate.All(), TimeRange.ALL)) {
        listed.put(reader.key(id).toString(), id);
      }
    }
    return listed;
  }

  private void closeKept() {
    kept.forEach(reader -> reader.reader().close());
    kept.clear();
  }

  /** One of: a steady stream, a shuffled burst, or overwrites of a few moments. */
  private void write(Database database, SplittableRandom random) {
    Points points = new Points();
    int style = random.nextInt(3);
    int rows = style == 0 ? 1500 : 1 + random.nextInt(300);
    long base = random.nextInt(5) * (60 * HOUR);
    for (int i = 0; i < rows; i++) {
      String series =
          style == 0
              ? "m,host=a"
              : (random.nextBoolean() ? "m" : "n") + ",host=" + (char) ('a' + random.nextInt(4));
      long time =
          switch (style) {
            case 0 -> base + i * 10L;
            case 1 -> base + random.nextInt(10_000);
            default -> base + random.nextInt(20);
          };
      int fields = 1 + random.nextInt(7);
      int gauge = random.nextInt(10_000);
      Map<String, Object> row =
          model
              .computeIfAbsent(series, any -> new TreeMap<>())
              .computeIfAbsent(time, any -> new TreeMap<>());
      Object[] values = new Object[2 * Integer.bitCount(fields)];
      int at = 0;
      if ((fields & 1) != 0) {
        values[at++] = "gauge";
        values[at++] = gauge / 100.0;
        row.put("gauge:float", gauge / 100.0);
      }
      if ((fields & 2) != 0) {
        values[at++] = "count";
        values[at++] = gauge;
        row.put("count:integer", gauge);
      }
      if ((fields & 4) != 0) {
        values[at++] = "text";
        values[at++] = "v" + gauge % 50;
        row.put("text:string", "v" + gauge % 50);
      }
      points.add(series, time, values);
    }
    WriteResult result = database.write(null, points.batch()).join();
    assertThat(result).isEqualTo(new WriteResult(rows, 0, null));
  }

  private void dropSeries(Database database, SplittableRandom random) {
    String measurement = random.nextBoolean() ? "m" : "n";
    String host = Character.toString((char) ('a' + random.nextInt(4)));
    database.dropSeries(measurement, new TagPredicate.Equals("host", host));
    model.remove(measurement + ",host=" + host);
  }

  private void delete(Database database, SplittableRandom random) {
    String measurement = random.nextBoolean() ? "m" : "n";
    String host = Character.toString((char) ('a' + random.nextInt(4)));
    boolean one = random.nextBoolean();
    TagPredicate predicate = one ? new TagPredicate.Equals("host", host) : new TagPredicate.All();
    long start = random.nextInt(5) * (60 * HOUR) + random.nextInt(10_000);
    TimeRange range =
        switch (random.nextInt(4)) {
          case 0 -> TimeRange.ALL;
          case 1 -> new TimeRange(start, Long.MAX_VALUE);
          case 2 -> new TimeRange(start, start + 1 + random.nextInt(20));
          default -> new TimeRange(start, start + random.nextInt(5_000));
        };
    database.delete(random.nextBoolean() ? null : "p", measurement, predicate, range);
    for (Map.Entry<String, Map<Long, Map<String, Object>>> series : model.entrySet()) {
      if (series.getKey().equals(measurement + ",host=" + host)
          || (!one && series.getKey().startsWith(measurement + ","))) {
        series.getValue().keySet().removeIf(range::contains);
      }
    }
    model.values().removeIf(Map::isEmpty);
  }

  private void dropShard(Varve varve, SplittableRandom random) {
    List<ShardInfo> shards = varve.shards();
    if (shards.isEmpty()) {
      return;
    }
    ShardInfo shard = shards.get(random.nextInt(shards.size()));
    varve.dropShard(shard.id());
    model
        .values()
        .forEach(
            rows ->
                rows.keySet()
                    .removeIf(time -> time >= shard.startNanos() && time <= shard.lastNanos()));
    model.values().removeIf(Map::isEmpty);
  }

  private void dropMeasurement(Database database, SplittableRandom random) {
    String measurement = random.nextBoolean() ? "m" : "n";
    database.dropMeasurement(measurement);
    model.keySet().removeIf(series -> series.startsWith(measurement + ","));
  }

  private void dropField(Database database, SplittableRandom random) {
    String measurement = random.nextBoolean() ? "m" : "n";
    String field = List.of("gauge:float", "count:integer", "text:string").get(random.nextInt(3));
    database.dropField(measurement, field.substring(0, field.indexOf(':')));
    model.forEach(
        (series, rows) -> {
          if (series.startsWith(measurement + ",")) {
            rows.values().forEach(row -> row.remove(field));
            rows.values().removeIf(Map::isEmpty);
          }
        });
    model.values().removeIf(Map::isEmpty);
  }

  private void compare(Varve varve, Database database, SplittableRandom random) {
    boolean descending = random.nextBoolean();
    long start = random.nextInt(300) * HOUR + random.nextInt(10_000);
    TimeRange range =
        random.nextInt(3) == 0
            ? TimeRange.ALL
            : new TimeRange(start, start + random.nextInt(200) * HOUR + random.nextInt(5_000));
    Map<String, Map<Long, Map<String, Object>>> expected = new TreeMap<>();
    model.forEach(
        (series, rows) -> {
          Map<Long, Map<String, Object>> inRange = new TreeMap<>();
          rows.forEach(
              (time, row) -> {
                if (range.contains(time)) {
                  inRange.put(time, row);
                }
              });
          if (!inRange.isEmpty()) {
            expected.put(series, inRange);
          }
        });
    compareNewest(varve, database, range, expected);
    assertThat(Contents.of(database, null, range, descending)).isEqualTo(expected);
    compareNewest(varve, database, range, expected);
  }
}
