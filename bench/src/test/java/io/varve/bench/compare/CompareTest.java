package io.varve.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.bench.tsbs.QueryType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tool as a whole, against a server of this build in a process of its own. */
class CompareTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  private int run(String... arguments) {
    return Compare.run(
        arguments,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(progress, true, StandardCharsets.UTF_8));
  }

  /** The first of two ports in a row that nobody listens at. */
  static int freePorts() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    while (true) {
      try (ServerSocket first = new ServerSocket(0, 1, loopback);
          ServerSocket second = new ServerSocket(first.getLocalPort() + 1, 1, loopback)) {
        return second.getLocalPort() - 1;
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("Address already in use")) {
          throw e;
        }
      }
    }
  }

  @Test
  void smokeRunLoadsAsksAndFindsAllAnswersRight() throws Exception {
    Path results = directory.resolve("results");
    int status =
        run(
            "--smoke",
            "--work",
            directory.resolve("work").toString(),
            "--out",
            results.toString(),
            "--first-port",
            String.valueOf(freePorts()));

    String table = out.toString(StandardCharsets.UTF_8);
    assertThat(status).as(progress.toString(StandardCharsets.UTF_8)).isZero();
    for (QueryType type : QueryType.values()) {
      assertThat(table).containsPattern("\\| " + type.label() + " \\| [0-9.,]+ .* 6 right \\|");
    }
    for (Figure figure : Figure.values()) {
      assertThat(table).contains("| " + figure.label());
    }
    try (Stream<Path> files = Files.list(results)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names).hasSize(2);
      assertThat(names.get(0)).endsWith("-compare-cpu-only-4x1h.md");
      assertThat(names.get(1)).endsWith("-compare-cpu-only-4x1h.svg");
      assertThat(Files.readString(results.resolve(names.get(0))))
          .startsWith(table.strip())
          .contains("](" + names.get(1) + ")");
    }
  }

  @Test
  void loadsAllMeasurementsOfDevops() throws Exception {
    assertThat(
            run(
                "--smoke",
                "--case",
                "devops",
                "--types",
                "lastpoint",
                "--no-tcp",
                "--first-port",
                String.valueOf(freePorts())))
        .as(progress.toString(StandardCharsets.UTF_8))
        .isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("145,440 values loaded")
        .contains("| lastpoint |")
        .doesNotContain("| high-cpu-1 |");
  }

  @Test
  void namesServersThatAreMissing() {
    int status =
        run(
            "--hosts",
            "1",
            "--hours",
            "1",
            "--servers",
            "questdb",
            "--programs",
            directory.resolve("none").toString());

    assertThat(status).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("| questdb (there is no questdb-*.jar in " + directory.resolve("none") + ")")
        .contains("| **missing** |")
        .doesNotContain("this build");
  }

  @Test
  void refusesOptionsThatCannotWork() {
    assertThat(run("--servers", "oracle")).isEqualTo(2);
    assertThat(run("--hours", "0.5")).isEqualTo(2);
    assertThat(run("--types", "nonsense")).isEqualTo(2);
    assertThat(progress.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "bench/compare: no server is called oracle; there are [varve, influxdb,"
                + " victoria-metrics, prometheus, questdb]",
            "bench/compare: --hours must be 1 to 8784",
            "bench/compare: no query type is called nonsense");
  }
}
