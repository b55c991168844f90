package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VarveTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final long DAY = 24 * HOUR;
  private static final RetentionPolicy FOREVER = RetentionPolicy.of("autogen", 0);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private int abandonedBefore = KvStore.abandonedHandles();

  private final SteppedClock clock = new SteppedClock(1_795_000_000_000L);
  private final VarveOptions options =
      VarveOptions.defaults().withMemoryBudgetBytes(32 << 20).withClock(clock);

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
    assertThat(KvStore.abandonedHandles()).isEqualTo(abandonedBefore);
  }

  @Test
  void doesNotReplayRowsOfADroppedShardIntoItsSuccessor() {
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("p", 0));
      database.write(null, new Points().add("m,host=a", 1, "n", 1).batch()).join();
      assertThat(varve.dropShard(varve.shards().get(0).id())).isTrue();
      database.write(null, new Points().add("m,host=a", 2, "n", 2).batch()).join();
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.database("d");
      if (database == null) {
        throw new AssertionError("the database is gone");
      }
      assertThat(Contents.of(database))
          .isEqualTo(Map.of("m,host=a", Map.of(2L, Map.of("n:integer", 2))));
    }
  }

  @Test
  void readsBackWhatWasWritten() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      WriteResult result =
          write(
              database,
              new Points()
                  .add("cpu,host=a", 1, "user", 1.5, "cores", 8, "on", true, "name", "x", "u", -1L)
                  .add("cpu,host=b", 2, "user", 2.5)
                  .add("cpu,host=a", 3, "user", 3.5));
      assertThat(result).isEqualTo(new WriteResult(3, 0, null));
      assertThat(Contents.of(database)).isEqualTo(expected());
      varve.checkpoint();
      assertThat(Contents.of(database)).isEqualTo(expected());
    }
    try (Varve varve = Varve.open(directory, options)) {
      assertThat(varve.databaseNames()).containsExactly("d");
      assertThat(Contents.of(get(varve, "d"))).isEqualTo(expected());
      assertThat(varve.stats().openReaders()).isZero();
    }
  }

  private static Map<String, Map<Long, Map<String, Object>>> expected() {
    return Map.of(
        "cpu,host=a",
        Map.of(
            1L,
            Map.of(
                "user:float",
                1.5,
                "cores:integer",
                8,
                "on:boolean",
                true,
                "name:string",
                "x",
                "u:unsigned",
                -1L),
            3L,
            Map.of("user:float", 3.5)),
        "cpu,host=b",
        Map.of(2L, Map.of("user:float", 2.5)));
  }

  @Test
  void lastWriteWinsFieldByField() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      write(database, new Points().add("m", 1, "a", 1, "b", 2));
      varve.checkpoint();
      write(database, new Points().add("m", 1, "b", 3, "b", 4));
      Map<String, Object> row = Map.of("a:integer", 1, "b:integer", 4);
      assertThat(Contents.of(database)).isEqualTo(Map.of("m", Map.of(1L, row)));
      varve.checkpoint();
      assertThat(Contents.of(database)).isEqualTo(Map.of("m", Map.of(1L, row)));
    }
  }

  @Test
  void refusesTypeConflictsWithinAShardOnly() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      write(database, new Points().add("d", 1, "a", 1.5));
      WriteResult result =
          write(
              database,
              new Points().add("d", 2, "a", 7).add("d", 3, "a", 2.5).add("d", 100 * DAY, "a", 7));
      assertThat(result.storedRows()).isEqualTo(2);
      assertThat(result.droppedRows()).isEqualTo(1);
      assertThat(result.reason())
          .isEqualTo(
              "field type conflict: input field \"a\" on measurement \"d\" is type integer,"
                  + " already exists as type float");
      assertThat(Contents.of(database))
          .isEqualTo(
              Map.of(
                  "d",
                  Map.of(
                      1L,
                      Map.of("a:float", 1.5),
                      3L,
                      Map.of("a:float", 2.5),
                      100 * DAY,
                      Map.of("a:integer", 7))));
    }
  }

  @Test
  void dropsFieldsAndPointsNamedTime() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      WriteResult result =
          write(
              database,
              new Points()
                  .add("m", 1, "time", 1, "a", 1)
                  .add("m,time=x", 2, "a", 1)
                  .add("m", 3, "time", 1));
      assertThat(result.storedRows()).isEqualTo(1);
      assertThat(result.droppedRows()).isEqualTo(2);
      assertThat(result.reason())
          .isEqualTo("invalid tag key: input tag \"time\" on measurement \"m\" is invalid");
      assertThat(Contents.of(database)).isEqualTo(Map.of("m", Map.of(1L, Map.of("a:integer", 1))));
    }
  }

  @Test
  void refusesPointsBeyondRetentionAndDropsShardsThatExpire() {
    long now = TimeUnit.MILLISECONDS.toNanos(clock.millis());
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", new RetentionPolicy("week", 7 * DAY, DAY));
      Points points = new Points();
      for (int i = 0; i < 200_000; i++) {
        points.add("m,host=" + i % 10, now - 6 * DAY + i, "a", i * 7919 % 104729);
      }
      write(database, points);
      WriteResult result =
          write(database, new Points().add("m", now - 8 * DAY, "a", 1).add("m", now, "a", 1));
      assertThat(result).isEqualTo(new WriteResult(1, 1, "points beyond retention policy"));
      varve.checkpoint();
    }
    try (Varve varve = Varve.open(directory, options)) {
      Database database = get(varve, "d");
      assertThat(Contents.of(database)).hasSize(11);
      long before = varve.stats().chunkFileBytes();
      assertThat(before).isGreaterThan(20_000);
      clock.advanceMillis(TimeUnit.DAYS.toMillis(3));
      varve.dropExpiredShards();
      // The space is given back behind what was asked for before this.
      varve.checkpoint();
      assertThat(varve.stats().chunkFileBytes()).isLessThan(before / 10);
      assertThat(Contents.of(database)).containsOnlyKeys("m");
    }
    clock.advanceMillis(TimeUnit.DAYS.toMillis(7));
    try (Varve varve = Varve.open(directory, options)) {
      assertThat(Contents.of(get(varve, "d"))).isEmpty();
    }
  }

  @Test
  void cutsNewShardsWhereExistingOnesBegin() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", new RetentionPolicy("p", 0, DAY));
      write(database, new Points().add("m", 10 * DAY, "a", 1));
      database.alterRetentionPolicy(new RetentionPolicy("p", 0, 7 * DAY), false);
      write(database, new Points().add("m", 9 * DAY, "a", 2).add("m", 12 * DAY, "a", 3));
      varve.checkpoint();
    }
    try (Varve varve = Varve.open(directory, options)) {
      Map<Long, Map<String, Object>> rows =
          Map.of(
              9 * DAY,
              Map.of("a:integer", 2),
              10 * DAY,
              Map.of("a:integer", 1),
              12 * DAY,
              Map.of("a:integer", 3));
      Database database = get(varve, "d");
      assertThat(Contents.of(database)).isEqualTo(Map.of("m", rows));
      assertThat(Contents.of(database, null, new TimeRange(9 * DAY, 10 * DAY), false))
          .isEqualTo(Map.of("m", Map.of(9 * DAY, Map.of("a:integer", 2))));
    }
  }

  @Test
  void keepsTheFieldsOfMeasurementsApart() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      write(
          database,
          new Points().add("m", 1, "a", 1).add("n", 1, "b", "text").add("o", 1, "c", 1.5));
      for (int i = 0; i < 2; i++) {
        assertThat(Contents.of(database))
            .isEqualTo(
                Map.of(
                    "m",
                    Map.of(1L, Map.of("a:integer", 1)),
                    "n",
                    Map.of(1L, Map.of("b:string", "text")),
                    "o",
                    Map.of(1L, Map.of("c:float", 1.5))));
        varve.checkpoint();
      }
    }
  }

  @Test
  void keepsDatabasesAndPoliciesApart() {
    try (Varve varve = Varve.open(directory, options)) {
      Database one = varve.createDatabase("one", FOREVER);
      Database two = varve.createDatabase("two", FOREVER);
      one.createRetentionPolicy(RetentionPolicy.of("other", 0), false);
      write(one, new Points().add("m", 1, "a", 1));
      write(two, new Points().add("m", 1, "a", 2.5));
      one.write("other", new Points().add("m", 1, "a", true).batch()).join();
      assertThat(one.retentionPolicies())
          .extracting(RetentionPolicy::name)
          .containsExactly("autogen", "other");
      assertThatThrownBy(() -> one.write("none", new PointBatch()).join())
          .cause()
          .hasMessage("retention policy not found: none");
      varve.checkpoint();
      assertThat(Contents.of(one)).isEqualTo(Map.of("m", Map.of(1L, Map.of("a:integer", 1))));
      assertThat(Contents.of(one, "other", TimeRange.ALL, false))
          .isEqualTo(Map.of("m", Map.of(1L, Map.of("a:boolean", true))));
      assertThat(Contents.of(two)).isEqualTo(Map.of("m", Map.of(1L, Map.of("a:float", 2.5))));
      one.dropRetentionPolicy("other");
      varve.dropDatabase("two");
      assertThatThrownBy(() -> two.write(null, new PointBatch()).join())
          .cause()
          .hasMessage("database not found: two");
      assertThat(Contents.of(varve.createDatabase("two", FOREVER))).isEmpty();
    }
    try (Varve varve = Varve.open(directory, options)) {
      assertThat(varve.databaseNames()).containsExactly("one", "two");
      assertThat(Contents.of(get(varve, "two"))).isEmpty();
      assertThat(get(varve, "one").retentionPolicies()).hasSize(1);
      assertThat(Contents.of(get(varve, "one"))).hasSize(1);
    }
  }

  @Test
  void dropsSeriesWithTheirDataAndTheTypesOfTheirFields() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      Points points = new Points();
      for (int i = 0; i < 3000; i++) {
        points.add("m,host=" + i % 100, i, "a", i).add("n", i, "a", i);
      }
      write(database, points);
      varve.checkpoint();
      write(database, new Points().add("m,host=7", 5000, "a", 1));
      assertThat(database.dropSeries("m", new TagPredicate.Equals("host", "7"))).isEqualTo(1);
      assertThat(Contents.of(database)).hasSize(100).doesNotContainKey("m,host=7");
      assertThat(database.dropSeries("m", new TagPredicate.All())).isEqualTo(99);
      assertThat(database.dropSeries("none", new TagPredicate.All())).isZero();
      assertThat(Contents.of(database)).containsOnlyKeys("n");
      assertThat(write(database, new Points().add("m,host=7", 1, "a", "text")).droppedRows())
          .isZero();
      varve.checkpoint();
    }
    try (Varve varve = Varve.open(directory, options)) {
      Database database = get(varve, "d");
      assertThat(Contents.of(database)).containsOnlyKeys("n", "m,host=7");
      assertThat(Contents.of(database).get("m,host=7"))
          .isEqualTo(Map.of(1L, Map.of("a:string", "text")));
      assertThat(Contents.of(database).get("n")).hasSize(3000);
    }
  }

  @Test
  void refusesADirectoryThatIsInUse() {
    try (Varve varve = Varve.open(directory, options)) {
      assertThat(varve.health().writable()).isTrue();
      assertThatThrownBy(() -> Varve.open(directory, options))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("is in use by")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void refusesEverythingOnceClosed() {
    Varve varve = Varve.open(directory, options);
    Database database = varve.createDatabase("d", FOREVER);
    SeriesReader reader = database.reader(null);
    varve.close();
    varve.close();
    // The reader's snapshot, which the store had to close.
    abandonedBefore++;
    assertThatThrownBy(reader::measurements).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> database.write(null, new PointBatch()).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StorageException.class);
    assertThatThrownBy(() -> varve.createDatabase("e", FOREVER))
        .isInstanceOf(StorageException.class);
    reader.close();
  }

  @Test
  void refusesNewSeriesBeyondTheLimitAndKeepsTakingOldOnes() {
    try (Varve varve = Varve.open(directory, options.withLimits(2, 0))) {
      Database database = varve.createDatabase("d", FOREVER);
      WriteResult result =
          write(
              database,
              new Points()
                  .add("m,a=1", 1, "f", 1)
                  .add("m,a=2", 1, "f", 1)
                  .add("m,a=3", 1, "f", 1)
                  .add("m,a=1", 2, "f", 1));
      assertThat(result.storedRows()).isEqualTo(3);
      assertThat(result.droppedRows()).isEqualTo(1);
      assertThat(result.reason()).isNotBlank();
    }
  }

  @Test
  void storesTheEndsOfTime() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      write(
          database, new Points().add("m", Long.MIN_VALUE, "a", 1).add("m", Long.MAX_VALUE, "a", 2));
      for (int i = 0; i < 2; i++) {
        assertThat(Contents.of(database).get("m")).containsOnlyKeys(Long.MIN_VALUE, Long.MAX_VALUE);
        varve.checkpoint();
      }
    }
  }

  @Test
  void storesRowsEarlyWhenTheHeadsAreFull() {
    VarveOptions small = options.withHeadBudgetBytes(256 << 10).withCheckpointBytes(64 << 10);
    try (Varve varve = Varve.open(directory, small)) {
      Database database = varve.createDatabase("d", FOREVER);
      for (int round = 0; round < 50; round++) {
        Points points = new Points();
        for (int i = 0; i < 1000; i++) {
          points.add("m,host=" + i % 100, round * 1000L + i, "a", i, "b", i / 8.0);
        }
        write(database, points);
        assertThat(varve.stats().headBytes()).isLessThan(4 << 20);
      }
      assertThat(Contents.of(database).values().stream().mapToInt(Map::size).sum())
          .isEqualTo(50_000);
    }
    try (Varve varve = Varve.open(directory, small)) {
      assertThat(Contents.of(get(varve, "d")).values().stream().mapToInt(Map::size).sum())
          .isEqualTo(50_000);
    }
  }

  @Test
  void answersManyConcurrentWritersFromFewCommits() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", FOREVER);
      List<CompletableFuture<WriteResult>> answers = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        answers.add(database.write(null, new Points().add("m,host=" + i % 7, i, "a", i).batch()));
      }
      answers.forEach(CompletableFuture::join);
      assertThat(varve.stats().commits()).isLessThan(500);
      assertThat(Contents.of(database).values().stream().mapToInt(Map::size).sum()).isEqualTo(500);
    }
  }

  @Test
  void refusesWritesBeyondTheQueue() {
    try (Varve varve = Varve.open(directory, options.withWriteQueueBytes(20_000))) {
      Database database = varve.createDatabase("d", FOREVER);
      int refused = 0;
      List<CompletableFuture<WriteResult>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(database.write(null, new Points().add("m", i, "a", i).batch()));
      }
      for (CompletableFuture<WriteResult> answer : answers) {
        try {
          answer.join();
        } catch (CompletionException e) {
          assertThat(e).cause().hasMessageStartingWith("too many writes are waiting");
          refused++;
        }
      }
      assertThat(varve.stats().rejectedBatches()).isEqualTo(refused);
      assertThat(Contents.of(database).get("m")).hasSize(200 - refused);
    }
  }

  private static WriteResult write(Database database, Points points) {
    return database.write(null, points.batch()).join();
  }

  private static Database get(Varve varve, String name) {
    Database database = varve.database(name);
    if (database == null) {
      throw new AssertionError("no database " + name);
    }
    return database;
  }
}
