package io.varve.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.bench.peer.ProcessFiles.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessFilesTest {
  @TempDir Path root;

  private void process(long pid, long parent, String name, int ticks, int residentKib)
      throws IOException {
    Path directory = Files.createDirectories(root.resolve(String.valueOf(pid)));
    Files.writeString(
        directory.resolve("stat"),
        "%d (%s) S %d 1 1 0 -1 4194560 10 20 30 40 %d 2 3 4 20 0 1 0 99 1000 200 18446744\n"
            .formatted(pid, name, parent, ticks));
    Files.writeString(
        directory.resolve("status"),
        """
        Name:\tx
        VmHWM:\t%8d kB
        VmRSS:\t%8d kB
        RssAnon:\t%8d kB
        Threads:\t7
        """
            .formatted(residentKib * 2, residentKib, residentKib / 2));
  }

  @Test
  void addsUpAProcessAndItsDescendants() throws Exception {
    process(10, 1, "server", 100, 1000);
    process(11, 10, "worker (a) b", 50, 100);
    process(12, 11, "grandchild", 1, 10);
    process(20, 1, "another", 7000, 70_000);
    Files.createDirectories(root.resolve("self"));

    assertThat(new ProcessFiles(root).tree(10)).containsExactly(10L, 11L, 12L);
    assertThat(new ProcessFiles(root).usage(10))
        .isEqualTo(
            new Usage((100 + 50 + 1 + 3 * 9) * 10_000_000L, 1110 * 1024, 555 * 1024, 2220 * 1024));
  }

  @Test
  void processesThatHaveEndedCountAsNothing() throws Exception {
    process(10, 1, "server", 100, 1000);
    Files.createDirectories(root.resolve("11"));

    assertThat(new ProcessFiles(root).tree(10)).containsExactly(10L);
    assertThat(new ProcessFiles(root).usage(99)).isEqualTo(new Usage(0, 0, 0, 0));
  }

  @Test
  void readsThisProcess() throws Exception {
    ProcessFiles processes = new ProcessFiles();
    long pid = ProcessHandle.current().pid();
    Usage before = processes.usage(pid);
    long until = before.cpuNanos() + 50_000_000;
    Usage after = before;
    while (after.cpuNanos() < until) { // reading costs time, so this ends
      after = processes.usage(pid);
    }

    assertThat(after.residentBytes()).isBetween(10L << 20, 100L << 30);
    assertThat(after.peakResidentBytes()).isGreaterThanOrEqualTo(after.anonymousBytes());
  }
}
