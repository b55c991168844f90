package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Series are listed as long as they have rows in a shard, and no longer. */
class UnusedSeriesTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final TagPredicate ALL = new TagPredicate.All();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final SteppedClock clock = new SteppedClock(0);

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void goWithTheLastShardThatRetentionDrops() {
    try (Varve varve = open()) {
      Database database = varve.createDatabase("d", new RetentionPolicy("p", 24 * HOUR, HOUR));
      write(database, null, "m,host=old", 0);
      write(database, null, "m,host=both", 0);
      write(database, null, "m,host=both", 2 * HOUR);
      write(database, null, "k,host=old", 0);
      clock.advanceMillis(TimeUnit.HOURS.toMillis(25));
      varve.engine().administer(admin -> admin.shards().dropExpired());
      assertThat(listed(database)).containsExactly("m,host=both");
      assertThat(database.tagValueCount("m", "host")).isEqualTo(1);
      assertThat(database.seriesCount()).isEqualTo(1);
    }
    try (Varve varve = open()) {
      assertThat(listed(database(varve))).containsExactly("m,host=both");
    }
    clock.advanceMillis(TimeUnit.HOURS.toMillis(2));
    try (Varve varve = open()) {
      assertThat(listed(database(varve))).isEmpty();
      clock.advanceMillis(-TimeUnit.HOURS.toMillis(2));
      write(database(varve), null, "m,host=both", 2 * HOUR);
      assertThat(listed(database(varve))).containsExactly("m,host=both");
    }
  }

  @Test
  void goWithDroppedShardsAndPoliciesUnlessOtherPoliciesHaveRowsOfThem() {
    try (Varve varve = open()) {
      Database database = create(varve);
      database.createRetentionPolicy(new RetentionPolicy("other", 0, 24 * HOUR), false);
      write(database, null, "m,host=a", 0);
      write(database, null, "m,host=b", 0);
      write(database, "other", "m,host=b", 0);
      write(database, "other", "n,host=c", 0);
      varve.checkpoint();
      varve.dropShard(varve.shards().get(0).id());
      assertThat(listed(database)).containsExactly("m,host=b", "n,host=c");
      // The field's type in the shard that is gone binds nobody.
      database.write(null, new Points().add("m,host=b", 1, "n", "text").batch()).join();
      database.dropRetentionPolicy("other");
      assertThat(listed(database)).containsExactly("m,host=b");
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = open()) {
      assertThat(listed(database(varve))).containsExactly("m,host=b");
      assertThat(Contents.of(database(varve)).keySet()).containsExactly("m,host=b");
    }
  }

  @Test
  void goWhenTheirLastRowIsDeleted() {
    try (Varve varve = open()) {
      Database database = create(varve);
      write(database, null, "m,host=stored", 0);
      write(database, null, "m,host=stays", 0);
      varve.checkpoint();
      write(database, null, "m,host=head", 0);
      write(database, null, "m,host=stays", 1);
      database.delete("m", ALL, new TimeRange(0, 1));
      assertThat(listed(database)).containsExactly("m,host=stays");
      varve.compactShards();
      assertThat(listed(database)).containsExactly("m,host=stays");
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = open()) {
      assertThat(listed(database(varve))).containsExactly("m,host=stays");
      assertThat(Contents.of(database(varve)).keySet()).containsExactly("m,host=stays");
      database(varve).delete("m", ALL, TimeRange.ALL);
      assertThat(listed(database(varve))).isEmpty();
      // Rows that are in the head only are rows.
      write(database(varve), null, "m,host=stays", 5);
      varve.engine().compactor().compactAll().join();
      assertThat(listed(database(varve))).containsExactly("m,host=stays");
    }
  }

  @Test
  void areForgottenAtTheNextOpeningIfACrashCameBefore() {
    try (Varve varve = open()) {
      Database database = create(varve);
      write(database, null, "m,host=a", 0);
      write(database, null, "k,host=b", 0);
      varve.checkpoint();
      // A compaction that stored that the shard has one series less, and no more.
      varve
          .engine()
          .administer(
              admin -> {
                Shard shard = varve.engine().shards().get(0);
                shard.index().removeSeries(database.index().select("k", ALL));
                return null;
              });
      write(database, null, "m,host=a", 1);
      varve.checkpoint();
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = open()) {
      assertThat(listed(database(varve))).containsExactly("m,host=a");
    }
    try (Varve varve = open()) {
      assertThat(listed(database(varve))).containsExactly("m,host=a");
    }
  }

  @Test
  void areNotLostWhileTheyAreWritten() throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();
    try (Varve varve = open()) {
      Database database = create(varve);
      Thread writer =
          new Thread(
              () -> {
                try {
                  for (int i = 0; !stop.get(); i++) {
                    // Now and then the only row that there is.
                    write(database, null, "m,host=" + i % 3, i % 5 * (24 * HOUR) + i);
                    long time = 9 * 24 * HOUR + i;
                    write(database, null, "m,host=kept" + i % 7, time);
                    assertThat(keys(database)).contains("m,host=kept" + i % 7);
                  }
                } catch (Throwable e) {
                  problem.set(e);
                }
              });
      writer.start();
      for (int round = 0; round < 60; round++) {
        List<ShardInfo> shards = varve.shards();
        if (!shards.isEmpty() && shards.get(0).startNanos() < 8 * 24 * HOUR) {
          varve.dropShard(shards.get(0).id());
        }
        database.delete("m", ALL, new TimeRange(0, 8 * 24 * HOUR));
        varve.compactShards();
      }
      stop.set(true);
      writer.join();
      assertThat(problem.get()).isNull();
      database.delete("m", ALL, new TimeRange(0, 8 * 24 * HOUR));
      varve.compactShards();
      assertThat(listed(database)).allMatch(series -> series.startsWith("m,host=kept"));
      assertThat(Contents.of(database).keySet()).containsExactlyElementsOf(listed(database));
    }
  }

  /** The keys of all series, in order, which are as many as are counted. */
  static List<String> listed(Database database) {
    List<String> keys = keys(database);
    assertThat(database.seriesCount()).isEqualTo(keys.size());
    return keys;
  }

  /** The keys of all series, in order; others may come and go meanwhile. */
  private static List<String> keys(Database database) {
    List<String> keys = new ArrayList<>();
    try (SeriesReader reader = database.reader(null)) {
      for (String measurement : reader.measurements()) {
        for (int seriesId : reader.select(measurement, ALL, TimeRange.ALL)) {
          keys.add(reader.key(seriesId).toString());
        }
      }
    }
    return keys.stream().sorted().toList();
  }

  private Varve open() {
    return Varve.open(
        directory, VarveOptions.defaults().withMemoryBudgetBytes(32 << 20).withClock(clock));
  }

  private static Database create(Varve varve) {
    return varve.createDatabase("d", new RetentionPolicy("p", 0, 24 * HOUR));
  }

  private static Database database(Varve varve) {
    Database database = varve.database("d");
    if (database == null) {
      throw new AssertionError("the database is gone");
    }
    return database;
  }

  private static void write(
      Database database, @Nullable String policy, String series, long timeNanos) {
    database.write(policy, new Points().add(series, timeNanos, "n", 1).batch()).join();
  }
}
