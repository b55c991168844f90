package io.varve.storage;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * The process of {@link FullDiskTest}: writes until a write is refused, reports, and writes again
 * when told that there is space. Talks by lines: says {@code ready}, {@code full}, and results.
 */
final class FullDiskWriter {
  static final VarveOptions OPTIONS =
      VarveOptions.defaults().withMemoryBudgetBytes(32 << 20).withMinFreeDiskBytes(1);
  static final int ROWS = 2000;

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private FullDiskWriter() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (Varve varve = Varve.open(Path.of(arguments[0]), OPTIONS)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      OUT.println("ready");
      awaitLine();
      int batches = 0;
      for (int round = 0; round < 2; round++) {
        batches = writeUntilRefused(database, batches);
        OUT.println("acknowledged: " + batches);
        try {
          database.write(null, batch(batches)).join();
        } catch (CompletionException e) {
          OUT.println("then: " + message(e));
        }
        OUT.println("writable: " + varve.health().writable());
        OUT.println("reason: " + varve.health().reason());
        report(database, batches);
        OUT.println("full");
        awaitLine();
        batches = writeWhenPossible(database, batches);
        OUT.println("writable: " + varve.health().writable());
        OUT.println("resumed");
        awaitLine();
      }
      batches = writeWhenPossible(database, batches);
      OUT.println("acknowledged: " + batches);
      report(database, batches);
    }
    OUT.println("closed");
  }

  private static int writeUntilRefused(Database database, int from) {
    for (int number = from; number < from + 2000; number++) {
      try {
        database.write(null, batch(number)).join();
      } catch (CompletionException e) {
        OUT.println("first: " + message(e));
        return number;
      }
    }
    throw new IllegalStateException("nothing was refused");
  }

  /** Sends one more batch until it is taken; as a client does. */
  private static int writeWhenPossible(Database database, int number) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (true) {
      try {
        database.write(null, batch(number)).join();
        return number + 1;
      } catch (CompletionException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  private static void report(Database database, int batches) {
    if (countRows(database) == batches * ROWS) {
      OUT.println("all that was acknowledged is visible and nothing else");
    }
  }

  private static void awaitLine() throws IOException {
    int read = System.in.read();
    if (read != '\n') {
      throw new IllegalStateException("the parent is gone");
    }
  }

  private static String message(CompletionException e) {
    return e.getCause() instanceof StorageException cause
        ? cause.kind() + " " + cause.getMessage()
        : String.valueOf(e.getCause());
  }

  /** Rows of a series of its own in each batch, so that each also changes the index. */
  static PointBatch batch(int number) {
    Points points = new Points();
    for (int row = 0; row < ROWS; row++) {
      int at = number * ROWS + row;
      points.add("m,host=" + (row % 2 == 0 ? at % 5 : 1000 + number), at, "a", at * 0x9e3779b9);
    }
    return points.batch();
  }

  static int countRows(Database database) {
    return Contents.of(database).values().stream().mapToInt(Map::size).sum();
  }
}
