package io.varve.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

  public static void main(String[] arguments) throws IOException {
    Path acks = Path.of(arguments[1]);
    int batch = Integer.parseInt(arguments[2]);
    try (Varve varve = Varve.open(Path.of(arguments[0]), options())) {
      Database database = varve.createDatabase("d", CrashTest.policy());
      while (true) {
        Points points = new Points();
        for (int row = 0; row < ROWS; row++) {
          int number = batch * ROWS + row;
          points.add(series(number), timestampNanos(number), "n", number, "x", number / 4.0);
        }
        database.write(null, points.batch()).join();
        Files.writeString(acks, batch + "\n", StandardOpenOption.APPEND);
        batch++;
      }
    }
  }
}
