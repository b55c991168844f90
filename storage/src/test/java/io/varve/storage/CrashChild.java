package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running {@link CrashWriter} and its ledger, which is outside the store. Linux. */
final class CrashChild implements AutoCloseable {
  private final Path acks;
  private final Process process;

  CrashChild(Path store, Path acks, int firstBatch, String... more) throws IOException {
    this.acks = Files.createFile(acks);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashWriter.class.getName(),
                store.toString(),
                acks.toString(),
                Integer.toString(firstBatch)));
    command.addAll(List.of(more));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(acks.resolveSibling(acks.getFileName() + ".out").toFile())
            .start();
  }

  /** Whole lines of the ledger; the last may be torn. */
  List<String> lines() throws IOException {
    String text = Files.readString(acks);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  int acknowledged() throws IOException {
    return Math.max(0, lines().size() - 1);
  }

  /** Waits for lines of the ledger; the first says that the store is being opened. */
  void awaitLines(int count) throws IOException, InterruptedException {
    while (lines().size() < count) {
      boolean ended = process.waitFor(1, TimeUnit.MILLISECONDS);
      assertThat(ended).as("the writer has ended").isFalse();
    }
  }

  void kill() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }

  /** Returns when none of its threads runs any more. */
  void stop() throws IOException, InterruptedException {
    signal("STOP");
    while (!isStopped()) {
      Thread.onSpinWait();
    }
  }

  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private boolean isStopped() throws IOException {
    try (Stream<Path> threads =
        Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public void close() {
    kill();
  }
}
