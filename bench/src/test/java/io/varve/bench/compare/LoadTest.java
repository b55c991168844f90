package io.varve.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.bench.peer.PeerCatalogue;
import io.varve.bench.peer.ServerProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  private int run(String... arguments) {
    return Load.run(
        arguments,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(progress, true, StandardCharsets.UTF_8));
  }

  @Test
  void writesAtTheRateWantedAndAsksMeanwhile() throws Exception {
    int port = CompareTest.freePorts();
    PeerCatalogue catalogue = new PeerCatalogue(directory, port, true);
    try (ServerProcess server =
        new ServerProcess(
            Objects.requireNonNull(catalogue.find("varve").peer()), directory.resolve("varve"))) {
      server.wipe();
      server.start();
      String[] common = {"--hosts", "10", "--seconds", "1", "--rate", "20000", "--port", "" + port};

      int status =
          run(
              String.join(" ", common)
                  .concat(" --types lastpoint,high-cpu-1 --query-rate 10 --pid ")
                  .concat(String.valueOf(ProcessHandle.current().pid()))
                  .split(" ", -1));
      assertThat(status).as(progress.toString(StandardCharsets.UTF_8)).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8).lines())
          .satisfiesExactly(
              line ->
                  assertThat(line).startsWith("20,000 values, ").endsWith("0 bodies sent again"),
              line -> assertThat(line).matches("write: 20, p50 [0-9.]+ ms, p95 .*"),
              line -> assertThat(line).startsWith("lastpoint: 5, p50 "),
              line -> assertThat(line).startsWith("high-cpu-1: 5, p50 "),
              line -> assertThat(line).startsWith("server: "));

      out.reset();
      String tcp = String.join(" ", common) + " --tcp-port " + (port + 1);
      assertThat(run(tcp.split(" ", -1))).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    }
  }

  @Test
  void refusesAnUnknownServer() {
    assertThat(run("--server", "oracle")).isEqualTo(2);
    assertThat(progress.toString(StandardCharsets.UTF_8))
        .isEqualTo("bench/load: no server is called oracle\n");
  }
}
