package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that RocksDB has to merge with others has a damaged block. */
class MergeDamageTest {
  private static final VarveOptions OPTIONS =
      VarveOptions.defaults().withMemoryBudgetBytes(16 << 20);
  private static final int SERIES = 100;

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void stopsWritesNamesTheTableAndLeavesTheRestToBeReadAndSalvaged() throws IOException {
    Path store = directory.resolve("store");
    Map<String, Map<Long, Map<String, Object>>> written;
    try (Varve varve = Varve.open(store, OPTIONS)) {
      write(varve, 0);
      varve.engine().kv().flush(KvFamily.CHUNK);
      write(varve, 1);
      written = Contents.of(database(varve));
    }
    Path table = largestTable(store);
    byte[] content = Files.readAllBytes(table);
    content[random.nextInt(content.length / 10 * 9)] ^= (byte) (1 << random.nextInt(8));
    Files.write(table, content);
    for (int opening = 0; opening < 2; opening++) {
      try (Varve varve = Varve.open(store, OPTIONS)) {
        assertThat(varve.health().writable()).isTrue();
        // What RocksDB does by itself when there are four tables.
        assertThatThrownBy(() -> varve.engine().kv().compact(KvFamily.CHUNK))
            .isInstanceOf(StorageException.class)
            .hasMessageContaining(table.getFileName().toString());
        Points point = new Points().add("m,host=new", 1, "a", 1);
        assertThatThrownBy(() -> database(varve).write(null, point.batch()).join())
            .as("seed %d", seed)
            .hasMessageContaining(table.getFileName().toString());
        Health health = varve.health();
        assertThat(health.writable()).isFalse();
        assertThat(health.damagedTable()).isEqualTo(table.getFileName().toString());
        assertThat(health.reason()).contains(table.getFileName().toString());
        Map<String, Map<Long, Map<String, Object>>> read = Contents.of(database(varve));
        assertPartOf(read, written);
        assertThat(rows(read)).isBetween(rows(written) / 2, rows(written) - 1);
        Path target = directory.resolve("tooEarly");
        assertThatThrownBy(() -> Varve.salvage(store, target))
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("in use");
      }
    }

    Path salvaged = directory.resolve("salvaged");
    assertThat(Varve.salvage(store, salvaged)).as("seed %d", seed).isEqualTo(1);
    try (Varve varve = Varve.open(salvaged, OPTIONS)) {
      Map<String, Map<Long, Map<String, Object>>> read = Contents.of(database(varve));
      assertPartOf(read, written);
      assertThat(rows(read)).isBetween(rows(written) * 4 / 5, rows(written) - 1);
      varve.engine().kv().compact(KvFamily.CHUNK);
      write(varve, 2);
      varve.compactShards();
      assertThat(varve.health().writable()).isTrue();
      assertThat(varve.health().damagedTable()).isNull();
    }
    assertThatThrownBy(() -> Varve.salvage(store, salvaged)).hasMessageContaining("exists already");
  }

  @Test
  void salvagesAllOfAStoreWithoutDamage() {
    Path store = directory.resolve("store");
    Map<String, Map<Long, Map<String, Object>>> written;
    try (Varve varve = Varve.open(store, OPTIONS)) {
      write(varve, 0);
      varve.checkpoint();
      write(varve, 1);
      written = Contents.of(database(varve));
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    Path salvaged = directory.resolve("salvaged");
    assertThat(Varve.salvage(store, salvaged)).isZero();
    try (Varve varve = Varve.open(salvaged, OPTIONS)) {
      assertThat(Contents.of(database(varve))).isEqualTo(written);
    }
  }

  private void assertPartOf(
      Map<String, Map<Long, Map<String, Object>>> read,
      Map<String, Map<Long, Map<String, Object>>> written) {
    read.forEach(
        (series, rows) ->
            rows.forEach(
                (time, row) ->
                    assertThat(written.getOrDefault(series, Map.of()).get(time))
                        .as("%s at %d, seed %d", series, time, seed)
                        .isEqualTo(row)));
  }

  private static int rows(Map<String, Map<Long, Map<String, Object>>> contents) {
    return contents.values().stream().mapToInt(Map::size).sum();
  }

  private static void write(Varve varve, int round) {
    Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
    SplittableRandom values = new SplittableRandom(round);
    for (int series = 0; series < SERIES; series++) {
      Points points = new Points();
      for (int row = 0; row < 1024; row++) {
        points.add("m,host=" + series, round * 10_000_000L + row * 1000L, "a", values.nextInt());
      }
      database.write(null, points.batch()).join();
    }
    varve.checkpoint();
  }

  private static Database database(Varve varve) {
    Database database = varve.database("d");
    if (database == null) {
      throw new AssertionError("the database is gone");
    }
    return database;
  }

  private static Path largestTable(Path store) throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }
}
