package io.varve.storage;

import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/** The process of {@link FullDiskTest} that runs out of space in the middle of a compaction. */
final class FullDiskCompactor {
  private static final int SERIES = 40;
  private static final int ROWS = 1500;
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private FullDiskCompactor() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (Varve varve = Varve.open(Path.of(arguments[0]), FullDiskWriter.OPTIONS)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      Map<String, Map<Long, Map<String, Object>>> before = fill(varve, database);
      OUT.println("ready");
      awaitLine();
      try {
        Engine.await(varve.engine().compactor().compactAll());
        OUT.println("compacted");
      } catch (StorageException e) {
        OUT.println("refused: " + e.kind());
      }
      OUT.println("writable: " + varve.health().writable());
      OUT.println("reason: " + varve.health().reason());
      OUT.println("same: " + before.equals(Contents.of(database)));
      OUT.println("full");
      awaitLine();
      long deadline = System.nanoTime() + 60_000_000_000L;
      while (!varve.health().writable() && System.nanoTime() < deadline) {
        Thread.sleep(20);
      }
      OUT.println("writable: " + varve.health().writable());
      varve.compactShards();
      OUT.println("dirty: " + varve.stats().dirtyShards());
      OUT.println("same: " + before.equals(Contents.of(database)));
    }
    try (Varve varve = Varve.open(Path.of(arguments[0]), FullDiskWriter.OPTIONS)) {
      Database database = varve.database("d");
      OUT.println("rows: " + (database == null ? 0 : FullDiskWriter.countRows(database)));
    }
    OUT.println("closed");
  }

  /** Chunks that a compaction merges, and a log that the limit does not let grow. */
  private static Map<String, Map<Long, Map<String, Object>>> fill(Varve varve, Database database) {
    SplittableRandom values = new SplittableRandom(1);
    for (int round = 0; round < 2; round++) {
      for (int series = 0; series < SERIES; series++) {
        Points points = new Points();
        for (int row = 0; row < ROWS; row++) {
          points.add("m,host=" + series, row * 2L + round, "a", values.nextInt());
        }
        database.write(null, points.batch()).join();
      }
      Engine.await(varve.engine().commits().submit(varve.engine().flusher()::sealAll));
      varve.checkpoint();
    }
    return Contents.of(database);
  }

  static int rows() {
    return 2 * SERIES * ROWS;
  }

  private static void awaitLine() throws IOException {
    if (System.in.read() != '\n') {
      throw new IllegalStateException("the parent is gone");
    }
  }
}
