package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lets the operating system refuse writes, twice each, and gives the space back.
 *
 * <p>A file system of a fixed size needs the right to mount one. Where that is missing, the first
 * test runs with a limit on file sizes instead, as the second does always, and reports so.
 */
class FullDiskTest {
  private static final int DISK_BYTES = 24 << 20;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void resumesByItselfWhenAFullFileSystemHasSpaceAgain(TestReporter reporter)
      throws IOException, InterruptedException {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", disk.toString());
    reporter.publishEntry(
        "way", mounted ? "tmpfs of 24 MiB" : "no right to mount: file size limit");
    if (!mounted) {
      runWithFileSizeLimit(directory.resolve("store"));
      return;
    }
    try {
      Path ballast = disk.resolve("ballast");
      Path store = disk.resolve("store");
      try (Child child = new Child(store)) {
        child.await("ready", 1);
        for (int round = 1; round <= 2; round++) {
          Files.write(ballast, new byte[DISK_BYTES - used(disk) - (4 << 20)]);
          child.go();
          child.await("full", round);
          Files.delete(ballast);
          child.go();
          child.await("resumed", round);
        }
        child.go();
        check(store, child.finish());
      }
    } finally {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  @Test
  void resumesByItselfWhenAFileSizeLimitIsLifted() throws IOException, InterruptedException {
    runWithFileSizeLimit(directory.resolve("store"));
  }

  @Test
  void resumesCompactionWhenAFileSizeLimitIsLifted() throws IOException, InterruptedException {
    try (Child child = new Child(directory.resolve("store"), FullDiskCompactor.class)) {
      child.await("ready", 1);
      child.limitFileSize("524288:unlimited");
      child.go();
      child.await("full", 1);
      child.limitFileSize("unlimited:unlimited");
      child.go();
      List<String> lines = child.finish();
      assertThat(lines).contains("refused: RESOURCES", "dirty: 0", "closed");
      assertThat(lines).contains("rows: " + FullDiskCompactor.rows());
      assertThat(lines)
          .filteredOn(line -> line.startsWith("writable: "))
          .containsExactly("writable: false", "writable: true");
      assertThat(lines)
          .anyMatch(
              line ->
                  line.startsWith("reason: no writes are taken until there is disk space again"));
      assertThat(lines)
          .filteredOn(line -> line.startsWith("same: "))
          .containsExactly("same: true", "same: true");
    }
  }

  private void runWithFileSizeLimit(Path store) throws IOException, InterruptedException {
    try (Child child = new Child(store)) {
      child.await("ready", 1);
      for (int round = 1; round <= 2; round++) {
        child.limitFileSize("524288:unlimited");
        child.go();
        child.await("full", round);
        child.limitFileSize("unlimited:unlimited");
        child.go();
        child.await("resumed", round);
      }
      child.go();
      check(store, child.finish());
    }
  }

  private static void check(Path store, List<String> lines) {
    assertThat(lines).contains("closed");
    assertThat(lines).filteredOn(line -> line.startsWith("first: RESOURCES ")).hasSize(2);
    assertThat(lines)
        .filteredOn(
            line ->
                line.startsWith("then: RESOURCES no writes are taken until there is disk space"))
        .hasSize(2);
    assertThat(lines)
        .filteredOn(line -> line.startsWith("writable: "))
        .containsExactly("writable: false", "writable: true", "writable: false", "writable: true");
    assertThat(lines)
        .filteredOn("all that was acknowledged is visible and nothing else"::equals)
        .hasSize(3);
    int acknowledged =
        lines.stream()
            .filter(line -> line.startsWith("acknowledged: "))
            .mapToInt(line -> Integer.parseInt(line.substring("acknowledged: ".length())))
            .max()
            .orElseThrow();
    assertThat(acknowledged).isGreaterThan(2);
    try (Varve varve = Varve.open(store, FullDiskWriter.OPTIONS)) {
      Database database = varve.database("d");
      if (database == null) {
        throw new AssertionError("the database is gone");
      }
      assertThat(FullDiskWriter.countRows(database)).isEqualTo(acknowledged * FullDiskWriter.ROWS);
      assertThat(database.seriesCount()).isEqualTo(5 + acknowledged);
      assertThat(varve.health().damagedLogRecords()).isZero();
      assertThat(varve.health().quarantinedCount()).isZero();
    }
  }

  private static int used(Path disk) throws IOException {
    return DISK_BYTES - (int) Files.getFileStore(disk).getUsableSpace();
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor() == 0;
  }

  /** A {@link FullDiskWriter}; its output goes to a file, as a full pipe must not stop it. */
  private final class Child implements AutoCloseable {
    private final Path output = directory.resolve("child.txt");
    private final Process process;

    Child(Path store) throws IOException {
      this(store, FullDiskWriter.class);
    }

    Child(Path store, Class<?> program) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  program.getName(),
                  store.toString())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    }

    void go() throws IOException {
      OutputStream in = process.getOutputStream();
      in.write('\n');
      in.flush();
    }

    /** Waits for a line to come the given number of times. */
    void await(String line, int times) throws IOException, InterruptedException {
      while (lines().stream().filter(line::equals).count() < times) {
        boolean ended = process.waitFor(5, TimeUnit.MILLISECONDS);
        assertThat(ended).as("output: %s", lines()).isFalse();
      }
    }

    List<String> finish() throws IOException, InterruptedException {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return lines();
    }

    void limitFileSize(String limit) throws IOException, InterruptedException {
      assertThat(run("prlimit", "--fsize=" + limit, "--pid", Long.toString(process.pid())))
          .isTrue();
    }

    private List<String> lines() throws IOException {
      return Files.readString(output, StandardCharsets.UTF_8).lines().toList();
    }

    @Override
    public void close() {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
