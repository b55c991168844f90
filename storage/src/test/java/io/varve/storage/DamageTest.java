package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvOptions;
import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored bytes that are not what was written: the rest is served, and the damage is told. */
class DamageTest {
  private static final RetentionPolicy FOREVER = RetentionPolicy.of("autogen", 0);
  private static final VarveOptions OPTIONS =
      VarveOptions.defaults().withMemoryBudgetBytes(32 << 20);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final int abandonedBefore = KvStore.abandonedHandles();

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
    assertThat(KvStore.abandonedHandles()).isEqualTo(abandonedBefore);
  }

  @Test
  void servesWhatIsNotDamagedAndListsWhatIs() {
    Path store = directory.resolve("store");
    write(store, "m,host=a", "m,host=b", "m,host=c");
    change(
        store,
        KvFamily.CHUNK,
        (batch, entry) -> {
          if (entry.number() == 1) {
            byte[] damaged = entry.value().clone();
            damaged[damaged.length / 2] ^= 4;
            batch.put(KvFamily.CHUNK, entry.key(), damaged);
          }
        });
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = database(varve);
      assertThat(varve.health().quarantinedCount()).isZero();
      for (int i = 0; i < 3; i++) {
        assertThat(Contents.of(database)).containsOnlyKeys("m,host=a", "m,host=c");
      }
      Health health = varve.health();
      assertThat(health.writable()).isTrue();
      assertThat(health.quarantinedCount()).isEqualTo(1);
      assertThat(health.quarantined()).hasSize(1);
      assertThat(health.quarantined().get(0).firstTimestampNanos()).isEqualTo(1);
      assertThat(health.quarantined().get(0).message()).contains("corrupt chunk");
    }
  }

  @Test
  void noticesAChunkUnderAWrongKey() {
    Path store = directory.resolve("store");
    write(store, "m,host=a", "m,host=b");
    List<byte[]> values = new ArrayList<>();
    change(
        store,
        KvFamily.CHUNK,
        (batch, entry) -> {
          values.add(entry.value());
          if (entry.number() == 1) {
            batch.put(KvFamily.CHUNK, entry.key(), values.get(0));
          }
        });
    try (Varve varve = Varve.open(store, OPTIONS)) {
      assertThat(Contents.of(database(varve))).containsOnlyKeys("m,host=a");
      assertThat(varve.health().quarantinedCount()).isEqualTo(1);
    }
  }

  @Test
  void skipsALogRecordThatIsDamaged() throws IOException {
    Path store = directory.resolve("store");
    Path image = directory.resolve("image");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = varve.createDatabase("d", FOREVER);
      for (int i = 0; i < 3; i++) {
        database.write(null, new Points().add("m,host=" + i, i, "a", i).batch()).join();
      }
      // Nothing is under way now: the files are what a killed process would leave.
      copy(store, image);
    }
    change(
        image,
        KvFamily.RAW,
        (batch, entry) -> {
          if (entry.number() == 1) {
            byte[] damaged = entry.value().clone();
            damaged[damaged.length - 1] ^= 1;
            batch.put(KvFamily.RAW, entry.key(), damaged);
          }
        });
    try (Varve varve = Varve.open(image, OPTIONS)) {
      assertThat(Contents.of(database(varve)))
          .isEqualTo(
              Map.of(
                  "m,host=0",
                  Map.of(0L, Map.of("a:integer", 0)),
                  "m,host=2",
                  Map.of(2L, Map.of("a:integer", 2))));
      assertThat(varve.health().damagedLogRecords()).isEqualTo(1);
    }
  }

  @Test
  void doesNotStoreASecondTimeWhatWasSealedBeforeACrash() throws Exception {
    Path store = directory.resolve("store");
    Path image = directory.resolve("image");
    int rows = 20_000;
    Map<String, Map<Long, Map<String, Object>>> written;
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = varve.createDatabase("d", FOREVER);
      for (int from = 0; from < rows; from += 100) {
        Points points = new Points();
        for (int i = from; i < from + 100; i++) {
          points.add("m", i, "a", i);
        }
        database.write(null, points.batch()).join();
      }
      // The head holds at most one open group when the flusher has done its work.
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (varve.stats().headBytes() > 100_000) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.sleep(1);
      }
      copy(store, image);
      written = Contents.of(database);
      assertThat(written.get("m")).hasSize(rows);
    }
    try (Varve varve = Varve.open(image, OPTIONS)) {
      assertThat(Contents.of(database(varve))).isEqualTo(written);
    }
    int[] chunks = new int[1];
    change(image, KvFamily.CHUNK, (batch, entry) -> chunks[0]++);
    assertThat(chunks[0]).isBetween(rows / 1024, rows / 1024 + 2);
  }

  @Test
  void refusesAStoreOfAnotherFormatOrMaker() {
    Path store = directory.resolve("store");
    write(store, "m");
    change(
        store,
        KvFamily.META,
        (batch, entry) -> {
          if (entry.key()[0] == 0) {
            byte[] newer = entry.value().clone();
            newer[newer.length - 1]++;
            batch.put(KvFamily.META, entry.key(), newer);
          }
        });
    assertThatThrownBy(() -> Varve.open(store, OPTIONS))
        .hasMessage("the data directory has format version 2, this program knows version 1");
    change(
        store,
        KvFamily.META,
        (batch, entry) ->
            batch.put(KvFamily.META, new byte[] {0}, "other!".getBytes(StandardCharsets.US_ASCII)));
    assertThatThrownBy(() -> Varve.open(store, OPTIONS))
        .hasMessage("the data directory does not hold a Varve store");
  }

  @Test
  void refusesACatalogueThatIsDamaged() {
    Path store = directory.resolve("store");
    write(store, "m");
    change(
        store,
        KvFamily.META,
        (batch, entry) -> {
          if (entry.key().length > 1) {
            batch.put(KvFamily.META, entry.key(), Arrays.copyOf(entry.value(), 2));
          }
        });
    assertThatThrownBy(() -> Varve.open(store, OPTIONS))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("corrupt record");
  }

  @Test
  void takesNoWritesWhileTheDiskIsAlmostFull() {
    VarveOptions greedy = OPTIONS.withMinFreeDiskBytes(Long.MAX_VALUE);
    try (Varve varve = Varve.open(directory.resolve("store"), greedy)) {
      Database database = varve.createDatabase("d", FOREVER);
      assertThatThrownBy(
              () -> database.write(null, new Points().add("m", 1, "a", 1).batch()).join())
          .cause()
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("bytes are free on disk");
      assertThat(varve.health().writable()).isFalse();
      varve.dropDatabase("d");
    }
  }

  private static void write(Path store, String... series) {
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Points points = new Points();
      for (int i = 0; i < series.length; i++) {
        for (int row = 1; row <= 100; row++) {
          points.add(series[i], row, "a", row * row % 97 + i);
        }
      }
      varve.createDatabase("d", FOREVER).write(null, points.batch()).join();
    }
  }

  private static Database database(Varve varve) {
    Database database = varve.database("d");
    if (database == null) {
      throw new AssertionError("the database is gone");
    }
    return database;
  }

  private record Entry(int number, byte[] key, byte[] value) {}

  /** Goes over a family behind the back of the store. */
  private static void change(Path store, KvFamily family, BiConsumer<KvBatch, Entry> change) {
    try (KvStore kv = KvStore.open(store, new KvOptions(KvOptions.MIN_MEMORY_BYTES, 6, 2));
        KvBatch batch = kv.newBatch()) {
      try (KvIterator entries = kv.iterator(family, null, null, null)) {
        int number = 0;
        for (boolean more = entries.seekFirst(); more; more = entries.next()) {
          change.accept(
              batch,
              new Entry(
                  number++,
                  Arrays.copyOf(entries.key(), entries.keyLength()),
                  Arrays.copyOf(entries.value(), entries.valueLength())));
        }
      }
      kv.write(batch, true);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
