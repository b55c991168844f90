package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletes by time, dropped measurements and dropped fields, wherever the rows are. */
class DeleteTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final TagPredicate ALL = new TagPredicate.All();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void keepsThousandsOfDeletesOfALiveShardBounded() throws InterruptedException {
    int deletes = 5_000;
    AtomicBoolean stop = new AtomicBoolean();
    Map<String, Map<Long, Map<String, Object>>> expected = new TreeMap<>();
    VarveOptions options =
        VarveOptions.defaults()
            .withMemoryBudgetBytes(32 << 20)
            .withDurability(Durability.NONE)
            .withClock(new SteppedClock(0));
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", new RetentionPolicy("p", 0, 24 * HOUR));
      // Rows come to all series, two of them deleted from, while rows are deleted.
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; i < 100_000 && !stop.get(); i++) {
                  Points points = new Points();
                  for (String host : List.of("a", "b", "c")) {
                    points.add("m,host=" + host, 1_000_000_000L + i, "n", i);
                  }
                  database.write(null, points.batch()).join();
                }
              });
      for (String host : List.of("a", "b", "c")) {
        Points points = new Points();
        for (int i = 0; i < 2 * deletes; i++) {
          points.add("m,host=" + host, i, "n", i);
          if (i % 2 == 1 || host.equals("c")) {
            expected
                .computeIfAbsent("m,host=" + host, any -> new TreeMap<>())
                .put((long) i, Map.of("n:integer", i));
          }
        }
        database.write(null, points.batch()).join();
      }
      writer.start();
      long most = 0;
      TagPredicate two = new TagPredicate.Not(new TagPredicate.Equals("host", "c"));
      for (int i = 0; i < deletes; i++) {
        database.delete("m", two, new TimeRange(2L * i, 2L * i + 1));
        most = Math.max(most, varve.stats().tombstones());
      }
      stop.set(true);
      writer.join();
      assertThat(most).isEqualTo(Shard.MAX_TOMBSTONES);
      assertThat(Contents.of(database, null, new TimeRange(0, 1_000_000_000L), false))
          .isEqualTo(expected);
      // What is written again is there again, whatever becomes of the tombstones.
      database.write(null, new Points().add("m,host=a", 4, "n", 7).batch()).join();
      expected.getOrDefault("m,host=a", Map.of()).put(4L, Map.of("n:integer", 7));
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.database("d");
      if (database == null) {
        throw new AssertionError("the database is gone");
      }
      assertThat(Contents.of(database, null, new TimeRange(0, 1_000_000_000L), false))
          .isEqualTo(expected);
      varve.compactShards();
      assertThat(varve.stats().tombstones()).isZero();
      assertThat(Contents.of(database, null, new TimeRange(0, 1_000_000_000L), false))
          .isEqualTo(expected);
    }
  }

  @Test
  void keepsOneRecordOfDeletesThatCoverEachOther() {
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.createDatabase("d", new RetentionPolicy("p", 0, 24 * HOUR));
      for (int i = 1; i < 300; i++) {
        database.write(null, new Points().add("m,host=a", i, "n", i).batch()).join();
        database.delete("m", new TagPredicate.All(), new TimeRange(0, i));
        assertThat(varve.stats().tombstones()).isEqualTo(1);
        assertThat(Contents.of(database).get("m,host=a")).containsOnlyKeys((long) i);
      }
    }
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.database("d");
      if (database == null) {
        throw new AssertionError("the database is gone");
      }
      assertThat(varve.stats().tombstones()).isEqualTo(1);
      assertThat(Contents.of(database).get("m,host=a")).containsOnlyKeys(299L);
    }
  }

  @Test
  void deletesRowsOfTheHeadAndTakesNewOnesAtTheSameTimes() {
    try (Varve varve = open()) {
      Database database = create(varve);
      write(database, 0, 100);
      database.delete("m", ALL, new TimeRange(10, 20));
      assertThat(times(database)).isEqualTo(90);
      write(database, 12, 15);
      assertThat(times(database)).isEqualTo(93);
    }
    try (Varve varve = open()) {
      assertThat(times(database(varve))).isEqualTo(93);
    }
  }

  @Test
  void deletesRowsOfChunksThenAnswersNoStatisticsForThem() {
    try (Varve varve = open()) {
      Database database = create(varve);
      write(database, 0, 3000);
      varve.checkpoint();
      assertThat(batchesWithStats(database)).isGreaterThanOrEqualTo(2);
      database.delete("m", ALL, new TimeRange(100, 101));
      assertThat(times(database)).isEqualTo(2999);
      long withStats = batchesWithStats(database);
      database.delete("m", ALL, new TimeRange(1500, 1600));
      assertThat(times(database)).isEqualTo(2899);
      assertThat(batchesWithStats(database)).isEqualTo(withStats - 1);
      database.delete("m", ALL, TimeRange.ALL);
      assertThat(Contents.of(database)).isEmpty();
      assertThat(database.seriesCount()).isZero();
    }
  }

  @Test
  void deletesOnlyFromThePolicyNamed() {
    try (Varve varve = open()) {
      Database database = create(varve);
      database.createRetentionPolicy(new RetentionPolicy("q", 0, 24 * HOUR), false);
      write(database, 0, 10);
      database.write("q", new Points().add("m,host=a", 5, "n", 1).batch()).join();
      database.delete("q", "m", ALL, TimeRange.ALL);
      assertThat(times(database)).isEqualTo(10);
      assertThat(Contents.of(database, "q", TimeRange.ALL, false)).isEmpty();
      assertThatThrownBy(() -> database.delete("none", "m", ALL, TimeRange.ALL))
          .hasMessage("retention policy not found: none");
      database.delete("no such measurement", ALL, TimeRange.ALL);
      database.delete("m", ALL, new TimeRange(7, 7));
      assertThat(times(database)).isEqualTo(10);
    }
  }

  @Test
  void keepsDeletedRowsDeletedWhenTheLogIsReplayed() {
    Varve varve = open();
    try {
      Database database = create(varve);
      write(database, 0, 50);
      varve.checkpoint();
      write(database, 50, 2000);
      database.delete("m", ALL, new TimeRange(40, 1990));
      write(database, 45, 46);
      varve = crash(varve);
      assertThat(times(database(varve))).isEqualTo(51);
      varve = crash(varve);
      assertThat(times(database(varve))).isEqualTo(51);
    } finally {
      varve.close();
    }
  }

  @Test
  void dropsAMeasurementThatThenComesBackWithOtherTypes() {
    Varve varve = open();
    try {
      Database database = create(varve);
      write(database, 0, 2000);
      database.write(null, new Points().add("other,host=a", 1, "n", 7).batch()).join();
      varve.checkpoint();
      write(database, 2000, 2100);
      assertThat(database.dropMeasurement("m")).isTrue();
      assertThat(database.dropMeasurement("m")).isFalse();
      assertThat(Contents.of(database)).containsOnlyKeys("other,host=a");
      database.write(null, new Points().add("m,host=a", 3, "n", "text").batch()).join();
      for (int round = 0; round < 3; round++) {
        assertThat(Contents.of(database(varve)).get("m,host=a"))
            .isEqualTo(Map.of(3L, Map.of("n:string", "text")));
        varve = round == 0 ? crash(varve) : reopen(varve);
      }
    } finally {
      varve.close();
    }
  }

  @Test
  void dropsAFieldThatThenComesBackWithAnotherType() {
    Varve varve = open();
    try {
      Database database = create(varve);
      database.write(null, new Points().add("m,host=a", 1, "n", 1, "x", 0.5).batch()).join();
      varve.checkpoint();
      database.write(null, new Points().add("m,host=a", 2, "n", 2).batch()).join();
      assertThat(database.dropField("m", "n")).isTrue();
      assertThat(database.dropField("m", "n")).isFalse();
      assertThat(Contents.of(database).get("m,host=a"))
          .isEqualTo(Map.of(1L, Map.of("x:float", 0.5)));
      varve = crash(varve);
      assertThat(Contents.of(database(varve)).get("m,host=a"))
          .isEqualTo(Map.of(1L, Map.of("x:float", 0.5)));
      Database again = database(varve);
      assertThat(again.write(null, new Points().add("m,host=a", 3, "n", "s").batch()).join())
          .isEqualTo(new WriteResult(1, 0, null));
      try (SeriesReader reader = again.reader(null)) {
        assertThat(reader.fields("m"))
            .containsExactly(
                new Field(3, "n", FieldType.STRING), new Field(2, "x", FieldType.FLOAT));
      }
      varve = reopen(varve);
      assertThat(Contents.of(database(varve)).get("m,host=a"))
          .isEqualTo(Map.of(1L, Map.of("x:float", 0.5), 3L, Map.of("n:string", "s")));
    } finally {
      varve.close();
    }
  }

  @Test
  void hidesRowsOfAGroupThatACheckpointHasStoredInPart() {
    Varve varve = open();
    try {
      Database database = create(varve);
      write(database, 0, 10);
      varve.checkpoint();
      write(database, 10, 20);
      database.delete("m", ALL, new TimeRange(5, 15));
      write(database, 7, 8);
      assertThat(times(database)).isEqualTo(11);
      varve.checkpoint();
      assertThat(times(database)).isEqualTo(11);
      database.delete("m", ALL, TimeRange.ALL);
      assertThat(Contents.of(database)).isEmpty();
      varve = crash(varve);
      assertThat(Contents.of(database(varve))).isEmpty();
    } finally {
      varve.close();
    }
  }

  @Test
  void forgetsRowsOfDroppedSeriesThatTheLogStillHas() {
    Varve varve = open();
    try {
      Database database = create(varve);
      write(database, 0, 3000);
      database.write(null, new Points().add("m,host=b", 1, "n", 1).batch()).join();
      database.dropSeries("m", new TagPredicate.Equals("host", "a"));
      varve = crash(varve);
      for (Shard shard : varve.engine().shards()) {
        assertThat(shard.head().seriesCount()).isEqualTo(1);
        assertThat(shard.index().series().getCardinality()).isEqualTo(1);
      }
    } finally {
      varve.close();
    }
  }

  private Varve open() {
    return Varve.open(directory, VarveOptions.defaults().withMemoryBudgetBytes(32 << 20));
  }

  private Varve reopen(Varve varve) {
    varve.close();
    return open();
  }

  /** Ends a store without a checkpoint, as the death of its process would. */
  private Varve crash(Varve varve) {
    varve.engine().fail(new IllegalStateException("as if killed"));
    return reopen(varve);
  }

  private static Database create(Varve varve) {
    return varve.createDatabase("d", new RetentionPolicy("p", 0, 24 * HOUR));
  }

  private static Database database(Varve varve) {
    @Nullable Database database = varve.database("d");
    if (database == null) {
      throw new AssertionError("the database is gone");
    }
    return database;
  }

  private static void write(Database database, int from, int to) {
    Points points = new Points();
    for (int i = from; i < to; i++) {
      points.add("m,host=a", i, "n", i);
    }
    database.write(null, points.batch()).join();
  }

  private static int times(Database database) {
    return Contents.of(database).getOrDefault("m,host=a", Map.of()).size();
  }

  static long batchesWithStats(Database database) {
    long count = 0;
    try (SeriesReader reader = database.reader(null)) {
      int[] series = reader.select("m", ALL, TimeRange.ALL);
      int[] fieldIds = reader.fields("m").stream().mapToInt(Field::id).toArray();
      try (SeriesCursor cursor =
          reader.scan(new ScanSpec(series, fieldIds, TimeRange.ALL, false))) {
        while (cursor.nextSeries()) {
          while (cursor.nextBatch()) {
            count += cursor.batch().column(0).stats() == null ? 0 : 1;
          }
        }
      }
    }
    return count;
  }
}
