package io.varve.storage;

import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The other process that {@link CrashTest} kills: writes blocks of rows, deletes a part of each,
 * notes that in a file, and compacts again and again.
 */
final class CrashDeleter {
  static final int ROWS = 600;

  private CrashDeleter() {}

  static String series(int row) {
    return "m,host=" + row % 3;
  }

  static long timestampNanos(int block, int row) {
    return block * 1_000_000L + row;
  }

  static boolean isDeleted(int row) {
    return row >= 100 && row < 400;
  }

  public static void main(String[] arguments) throws IOException {
    Path acks = Path.of(arguments[1]);
    int block = Integer.parseInt(arguments[2]);
    try (Varve varve = Varve.open(Path.of(arguments[0]), CrashWriter.options())) {
      Database database = varve.createDatabase("d", CrashTest.policy());
      while (true) {
        Points points = new Points();
        for (int row = 0; row < ROWS; row++) {
          points.add(series(row), timestampNanos(block, row), "n", row);
        }
        database.write(null, points.batch()).join();
        if (block % 4 == 1) {
          varve.checkpoint();
        }
        database.delete(
            "m",
            new TagPredicate.All(),
            new TimeRange(timestampNanos(block, 100), timestampNanos(block, 400)));
        Files.writeString(acks, block + "\n", StandardOpenOption.APPEND);
        if (block % 3 == 2) {
          varve.compactShards();
        }
        block++;
      }
    }
  }
}
