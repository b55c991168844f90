package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compaction of shards: what it leaves, when it happens, and that nobody notices. */
class CompactionTest {
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
  void leavesFewerSmallerChunksThatAnswerFromTheirHeaders() {
    try (Varve varve = open()) {
      Database database = create(varve);
      // Ten interleaved rounds over the same time make ten overlapping partial groups.
      for (int round = 0; round < 10; round++) {
        write(database, "m,host=a", round, 4090, 10);
        varve.engine().administer(admin -> varve.engine().flusher().sealAll());
        varve.checkpoint();
      }
      database.delete("m", ALL, new TimeRange(0, 2042));
      Map<String, Map<Long, Map<String, Object>>> before = Contents.of(database);
      assertThat(before.get("m,host=a")).hasSize(2048);
      Size large = size(varve);
      assertThat(large.chunks()).isGreaterThanOrEqualTo(10);
      assertThat(DeleteTest.batchesWithStats(database)).isZero();

      varve.compactShards();

      Size small = size(varve);
      assertThat(small.chunks()).isEqualTo(2);
      assertThat(small.bytes()).isLessThan(large.bytes() / 2);
      assertThat(DeleteTest.batchesWithStats(database)).isEqualTo(2);
      assertThat(Contents.of(database)).isEqualTo(before);
      assertThat(varve.stats().tombstones()).isZero();
      assertThat(varve.stats().dirtyShards()).isZero();
      assertThat(varve.stats().cleanShards()).isEqualTo(1);
      assertThat(varve.stats().chunksRewritten()).isEqualTo(large.chunks());
    }
    try (Varve varve = open()) {
      assertThat(varve.stats().cleanShards()).isEqualTo(1);
      assertThat(varve.stats().tombstones()).isZero();
      assertThat(Contents.of(database(varve)).get("m,host=a")).hasSize(2048);
      write(database(varve), "m,host=a", 0, 1, 1);
      varve.checkpoint();
      assertThat(varve.stats().dirtyShards()).isEqualTo(1);
    }
  }

  @Test
  void removesTheChunksOfDroppedFieldsAndOfRowsDeletedAltogether() {
    try (Varve varve = open()) {
      Database database = create(varve);
      Points points = new Points();
      for (int i = 0; i < 100; i++) {
        points.add("m,host=a", (long) i * i, "n", i, "x", i / 2.0);
        points.add("m,host=b", (long) i * i, "n", i);
        points.add("k,host=a", (long) i * i, "n", i);
      }
      database.write(null, points.batch()).join();
      varve.compactShards();
      database.dropField("m", "n");
      varve.compactShards();
      // One column left, with its times inside; and two columns with times of k's.
      assertThat(size(varve).chunks()).isEqualTo(2);
      database.delete("m", ALL, TimeRange.ALL);
      database.dropMeasurement("k");
      varve.compactShards();
      assertThat(size(varve).chunks()).isZero();
      assertThat(Contents.of(database)).isEmpty();
    }
  }

  @Test
  void compactsInTheBackgroundOnlyWhatHasEndedAnHourAgo() {
    compactsWhenPassed(Duration.ofHours(1), options());
  }

  @Test
  void compactsInTheBackgroundAfterTheGraceThatWasAskedFor() {
    compactsWhenPassed(Duration.ZERO, options().withCompactionGrace(Duration.ZERO));
    clock.advanceMillis(-clock.millis());
    directory = directory.resolve("another");
    compactsWhenPassed(Duration.ofHours(3), options().withCompactionGrace(Duration.ofHours(3)));
  }

  private void compactsWhenPassed(Duration grace, VarveOptions options) {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = create(varve);
      write(database, "m,host=a", 0, 10, 1);
      write(database, "m,host=a", 30 * HOUR, 10, 1);
    }
    clock.advanceMillis(TimeUnit.HOURS.toMillis(24) + grace.toMillis() - 1);
    try (Varve varve = Varve.open(directory, options)) {
      varve.engine().compactor().compactEnded().join();
      assertThat(varve.stats().cleanShards()).isZero();
      clock.advanceMillis(2);
      varve.engine().compactor().compactEnded().join();
      assertThat(varve.stats().cleanShards()).isEqualTo(1);
      assertThat(varve.stats().dirtyShards()).isEqualTo(1);
    }
  }

  @Test
  void rewritesASeriesThatIsLargerThanABatchPieceByPiece() {
    try (Varve varve = open()) {
      Database database = create(varve);
      writeOverlapping(varve, database);
      Map<String, Map<Long, Map<String, Object>>> before = Contents.of(database);
      long epoch = varve.engine().storeEpoch();
      varve.engine().compactor().setMaxBatchBytes(4096);
      varve.compactShards();
      assertThat(varve.engine().storeEpoch() - epoch).isGreaterThan(10);
      assertThat(Contents.of(database)).isEqualTo(before);
      assertThat(before.get("m,host=a")).hasSize(20_000);
      assertThat(size(varve).chunks()).isEqualTo(20);
      assertThat(varve.stats().dirtyShards()).isZero();
    }
  }

  @Test
  void showsTheSameRowsIfACrashEndsTheRewritingOfALargeSeries() {
    Map<String, Map<Long, Map<String, Object>>> before;
    long compacted;
    try (Varve varve = open()) {
      Database database = create(varve);
      writeOverlapping(varve, database);
      database.delete("m", ALL, new TimeRange(100, 9000));
      varve.checkpoint();
      before = Contents.of(database);
      KvStore kv = varve.engine().kv();
      try (KvBatch old = kv.newBatch();
          SeriesCompaction compaction =
              new SeriesCompaction(varve.engine(), varve.engine().shards().get(0), 4096)) {
        try (KvIterator all = kv.iterator(KvFamily.CHUNK, null, null, null)) {
          for (boolean more = all.seekFirst(); more; more = all.next()) {
            old.put(
                KvFamily.CHUNK,
                Arrays.copyOf(all.key(), all.keyLength()),
                Arrays.copyOf(all.value(), all.valueLength()));
          }
        }
        varve.engine().storeLock().lock();
        try {
          assertThat(compaction.compact(database.index().select("m", ALL).first())).isTrue();
        } finally {
          varve.engine().storeLock().unlock();
        }
        compacted = size(varve).chunks();
        // The old ones are deleted last.
        kv.write(old, true);
      }
      assertThat(size(varve).chunks()).isGreaterThan(2 * compacted);
      assertThat(Contents.of(database)).isEqualTo(before);
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = open()) {
      assertThat(Contents.of(database(varve))).isEqualTo(before);
      varve.compactShards();
      assertThat(Contents.of(database(varve))).isEqualTo(before);
      assertThat(size(varve).chunks()).isEqualTo(compacted);
      assertThat(varve.stats().tombstones()).isZero();
    }
  }

  @Test
  void leavesALargeSeriesAsItWasIfAChunkTurnsOutToBeDamaged() {
    try (Varve varve = open()) {
      Database database = create(varve);
      writeOverlapping(varve, database);
      byte[] key = lastKey(varve);
      byte[] value = varve.engine().kv().get(KvFamily.CHUNK, key);
      if (value == null) {
        throw new AssertionError("the chunk is gone");
      }
      value[value.length - 1] ^= 1;
      try (KvBatch batch = varve.engine().kv().newBatch()) {
        batch.put(KvFamily.CHUNK, key, value);
        varve.engine().kv().write(batch, false);
      }
      Map<String, Map<Long, Map<String, Object>>> before = Contents.of(database);
      Size size = size(varve);
      varve.engine().compactor().setMaxBatchBytes(4096);
      varve.compactShards();
      assertThat(varve.health().quarantinedCount()).isEqualTo(1);
      assertThat(Contents.of(database)).isEqualTo(before);
      assertThat(size(varve)).isEqualTo(size);
    }
  }

  private static byte[] lastKey(Varve varve) {
    byte[] last = {};
    try (KvIterator all = varve.engine().kv().iterator(KvFamily.CHUNK, null, null, null)) {
      for (boolean more = all.seekFirst(); more; more = all.next()) {
        last = Arrays.copyOf(all.key(), all.keyLength());
      }
    }
    return last;
  }

  /** Values that take some room, in groups that lie over each other. */
  private static void writeOverlapping(Varve varve, Database database) {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 3; round++) {
      Points points = new Points();
      for (int i = round; i < 20_000; i += 3) {
        points.add("m,host=a", i, "n", random.nextInt());
      }
      database.write(null, points.batch()).join();
      varve.engine().administer(admin -> varve.engine().flusher().sealAll());
      varve.checkpoint();
    }
  }

  @Test
  void keepsATombstoneUntilTheLogHasNothingLeftForIt() {
    try (Varve varve = open()) {
      Database database = create(varve);
      write(database, "m,host=a", 0, 10, 1);
      database.delete("m", ALL, new TimeRange(0, 5));
      varve.engine().administer(admin -> varve.engine().flusher().sealAll());
      varve.engine().compactor().compactAll().join();
      assertThat(varve.stats().tombstones()).isEqualTo(1);
      varve.compactShards();
      assertThat(varve.stats().tombstones()).isZero();
      assertThat(Contents.of(database).get("m,host=a")).hasSize(5);
    }
  }

  @Test
  void deletesOnADiskThatIsTooFullForWrites() {
    try (Varve varve = open()) {
      write(create(varve), "m,host=a", 0, 100, 1);
    }
    try (Varve varve = Varve.open(directory, options().withMinFreeDiskBytes(Long.MAX_VALUE))) {
      assertThat(varve.health().writable()).isFalse();
      database(varve).delete("m", ALL, new TimeRange(0, 50));
      assertThat(Contents.of(database(varve)).get("m,host=a")).hasSize(50);
    }
    try (Varve varve = open()) {
      assertThat(Contents.of(database(varve)).get("m,host=a")).hasSize(50);
    }
  }

  @Test
  void goesUnnoticedByReaders() throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();
    try (Varve varve = open()) {
      Database database = create(varve);
      write(database, "m,host=still", 0, 3000, 1);
      Map<String, Map<Long, Map<String, Object>>> expected = Contents.of(database);
      Thread reader =
          new Thread(
              () -> {
                try {
                  while (!stop.get()) {
                    assertThat(Contents.of(database, null, new TimeRange(0, 4000), false))
                        .isEqualTo(expected);
                  }
                } catch (Throwable e) {
                  problem.set(e);
                }
              });
      reader.start();
      for (int round = 0; round < 20; round++) {
        // Late rows with the values they have already, and others that are deleted again.
        write(database, "m,host=still", 0, 700, 3);
        write(database, "m,host=still", 5000, 500, 1);
        database.delete("m", ALL, new TimeRange(5000, 6000));
        varve.compactShards();
      }
      stop.set(true);
      reader.join();
    }
    assertThat(problem.get()).isNull();
  }

  private record Size(long chunks, long bytes) {}

  private static Size size(Varve varve) {
    long chunks = 0;
    long bytes = 0;
    try (KvIterator all = varve.engine().kv().iterator(KvFamily.CHUNK, null, null, null)) {
      for (boolean more = all.seekFirst(); more; more = all.next()) {
        chunks++;
        bytes += all.keyLength() + all.valueLength();
      }
    }
    return new Size(chunks, bytes);
  }

  private VarveOptions options() {
    return VarveOptions.defaults().withMemoryBudgetBytes(32 << 20).withClock(clock);
  }

  private Varve open() {
    return Varve.open(directory, options());
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

  private static void write(Database database, String series, long from, int count, int step) {
    Points points = new Points();
    for (int i = 0; i < count; i += step) {
      points.add(series, from + i, "n", (int) ((from + i) % 1000));
    }
    database.write(null, points.batch()).join();
  }
}
