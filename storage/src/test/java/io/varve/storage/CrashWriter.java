package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The process that {@link CrashTest} kills: writes numbered rows for ever, with small budgets so
 * that it seals and checkpoints all the time, and notes each acknowledged batch in a file.
 */
final class CrashWriter {
  static final int ROWS = 500;

  private CrashWriter() {}

  static VarveOptions options() {
    return VarveOptions.defaults()
        .withMemoryBudgetBytes(32 << 20)
        .withHeadBudgetBytes(1 << 20)
        .withCheckpointBytes(100_000);
  }

  static String series(int number) {
    return "m,host=" + number % 7;
  }

  static long timestampNanos(int number) {
    // Mostly in order, some late, over several shards.
    return number * 1_000_000_000_000L / 7 - (number % 11 == 0 ? 50_000_000_000_001L : 0);
  }

  static Points points(int batch) {
    Points points = new Points();
    for (int row = 0; row < ROWS; row++) {
      int number = batch * ROWS + row;
      points.add(series(number), timestampNanos(number), "n", number, "x", number / 4.0);
    }
    return points;
  }

  /**
   * All rows of the first batches are there, and of others only whole batches with right values.
   */
  static void check(Varve varve, int acknowledged, String what) {
    Database database = varve.database("d");
    if (database == null) {
      assertThat(acknowledged).as("the database is gone: %s", what).isZero();
      return;
    }
    Map<String, Map<Long, Map<String, Object>>> contents = Contents.of(database);
    int rows = contents.values().stream().mapToInt(Map::size).sum();
    assertThat(rows % ROWS).as("half a batch: %s", what).isZero();
    assertThat(rows / ROWS).as(what).isGreaterThanOrEqualTo(acknowledged);
    for (int number = 0; number < rows; number++) {
      Map<Long, Map<String, Object>> series = contents.getOrDefault(series(number), Map.of());
      if (!Map.of("n:integer", number, "x:float", number / 4.0)
          .equals(series.get(timestampNanos(number)))) {
        throw new AssertionError("row " + number + " of " + rows + " is wrong: " + what);
      }
    }
    assertThat(varve.health().damagedLogRecords()).as(what).isZero();
  }

  /**
   * Arguments: store, ledger, first batch, and {@code checkpoint} to make one after each batch.
   *
   * <p>A line of the ledger: the batch, the newest log of RocksDB, and the length that this had
   * when the batch was acknowledged.
   */
  public static void main(String[] arguments) throws IOException {
    Path store = Path.of(arguments[0]);
    Path acks = Path.of(arguments[1]);
    int batch = Integer.parseInt(arguments[2]);
    boolean checkpoints = arguments.length > 3;
    Files.writeString(acks, "opening\n", StandardOpenOption.APPEND);
    try (Varve varve = Varve.open(store, options())) {
      Database database = varve.createDatabase("d", CrashTest.policy());
      while (true) {
        database.write(null, points(batch).batch()).join();
        Path log = newestLog(store);
        Files.writeString(
            acks,
            batch + " " + log.getFileName() + " " + Files.size(log) + "\n",
            StandardOpenOption.APPEND);
        batch++;
        if (checkpoints) {
          varve.checkpoint();
        }
      }
    }
  }

  static Path newestLog(Path store) throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList().stream()
          .reduce((older, newer) -> newer)
          .orElseThrow();
    }
  }
}
