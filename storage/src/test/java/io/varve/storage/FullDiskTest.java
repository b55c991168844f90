package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets the operating system refuse a write, by a limit on the size of files. */
class FullDiskTest {
  private static final VarveOptions OPTIONS =
      VarveOptions.defaults().withMemoryBudgetBytes(32 << 20);
  private static final int ROWS = 2000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void turnsReadOnlyWhenAWriteFailsAndLosesNothing() throws IOException, InterruptedException {
    Path output = directory.resolve("child.txt");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process child =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    FullDiskTest.class.getName(),
                    directory.resolve("store").toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    // The library has to be unpacked first; so the limit comes when the store is open.
    while (!child.waitFor(5, TimeUnit.MILLISECONDS)
        && !Files.readString(output).contains("ready")) {
      assertThat(child.isAlive()).isTrue();
    }
    Process limit =
        new ProcessBuilder("prlimit", "--fsize=524288", "--pid", Long.toString(child.pid()))
            .inheritIO()
            .start();
    assertThat(limit.waitFor()).isZero();
    try (OutputStream go = child.getOutputStream()) {
      go.write('\n');
    }
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    List<String> lines = Files.readAllLines(output);
    assertThat(lines).contains("nothing unacknowledged is visible", "closed");
    assertThat(lines).anyMatch(line -> line.startsWith("first: cannot write: "));
    assertThat(lines)
        .anyMatch(line -> line.startsWith("then: the store is read-only until it is reopened"));
    assertThat(lines).contains("writable: false");
    int acknowledged =
        lines.stream()
            .filter(line -> line.startsWith("acknowledged: "))
            .mapToInt(line -> Integer.parseInt(line.substring("acknowledged: ".length())))
            .findFirst()
            .orElseThrow();
    assertThat(acknowledged).isPositive();
    try (Varve varve = Varve.open(directory.resolve("store"), OPTIONS)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      assertThat(countRows(database)).isGreaterThanOrEqualTo(acknowledged * ROWS);
      assertThat(database.write(null, batch(acknowledged)).join().storedRows()).isEqualTo(ROWS);
      assertThat(varve.health().writable()).isTrue();
    }
  }

  /** The process with the limit. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int batches = 0;
    try (Varve varve = Varve.open(Path.of(arguments[0]), OPTIONS)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      out.println("ready");
      int signal = System.in.read();
      while (signal == '\n' && batches < 1000) {
        try {
          database.write(null, batch(batches)).join();
          batches++;
        } catch (CompletionException e) {
          out.println("first: " + message(e));
          break;
        }
      }
      out.println("acknowledged: " + batches);
      try {
        database.write(null, batch(batches)).join();
      } catch (CompletionException e) {
        out.println("then: " + message(e));
      }
      out.println("writable: " + varve.health().writable());
      if (countRows(database) == batches * ROWS) {
        out.println("nothing unacknowledged is visible");
      }
    }
    out.println("closed");
  }

  private static String message(CompletionException e) {
    Throwable cause = e.getCause();
    return cause == null ? "no cause" : String.valueOf(cause.getMessage());
  }

  private static PointBatch batch(int number) {
    Points points = new Points();
    for (int row = 0; row < ROWS; row++) {
      int at = number * ROWS + row;
      points.add("m,host=" + at % 5, at, "a", Integer.reverse(at));
    }
    return points.batch();
  }

  private static int countRows(Database database) {
    return Contents.of(database).values().stream().mapToInt(Map::size).sum();
  }
}
