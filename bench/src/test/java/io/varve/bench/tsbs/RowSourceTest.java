package io.varve.bench.tsbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.ingest.LineProtocolParser;
import io.varve.server.ingest.Precision;
import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RowSourceTest {
  private static String text(RowSource source, int steps) {
    LineWriter lines = new LineWriter(source);
    StringBuilder out = new StringBuilder();
    double[] values = new double[100];
    for (int step = 0; step < steps; step++) {
      for (int row = 0; row < source.shapes().size(); row++) {
        source.next(row, values);
        lines.append(out, row, step, values);
      }
    }
    return out.toString();
  }

  private static String golden(String name) throws Exception {
    try (var in = RowSourceTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void firstLinesOfDevopsAreGolden() throws Exception {
    assertThat(text(DevopsRows.devops(2, 123), 2)).isEqualTo(golden("devops.lp"));
  }

  @Test
  void firstLinesOfNodeExportersAreGolden() throws Exception {
    // Noise and bytes go through Math.exp, whose last digit is the machine's own.
    assertThat(
            text(new NodeRows(1, 123), 2)
                .lines()
                .filter(line -> line.contains("dev0") && !line.matches("node_(noise|byte).*")))
        .containsExactlyElementsOf(golden("node.lp").lines().toList());
  }

  @Test
  void cpuRowsAreTheSameInBothCasesAndForAnyNumberOfHosts() {
    String cpuOfTwo =
        String.join("\n", text(DevopsRows.devops(2, 5), 50).lines().filter(this::isCpu).toList());
    String cpuOfOne = String.join("\n", text(DevopsRows.cpuOnly(1, 5), 50).lines().toList());

    assertThat(text(DevopsRows.cpuOnly(2, 5), 50).strip()).isEqualTo(cpuOfTwo);
    assertThat(cpuOfTwo.lines().filter(line -> line.contains("host_0")))
        .containsExactlyElementsOf(cpuOfOne.lines().toList());
  }

  private boolean isCpu(String line) {
    return line.startsWith("cpu,");
  }

  @Test
  void devopsHas101FieldsPerHostInNineMeasurements() {
    DevopsRows rows = DevopsRows.devops(3, 1);

    assertThat(rows.valuesPerStep()).isEqualTo(3 * 101);
    assertThat(rows.shapes()).hasSize(3 * 9);
    assertThat(DevopsRows.cpuOnly(3, 1).valuesPerStep()).isEqualTo(3 * 10);
    assertThat(new NodeRows(2, 1).valuesPerStep()).isEqualTo(2 * 485);
  }

  @Test
  void anotherSeedGivesOtherValues() {
    assertThat(text(DevopsRows.cpuOnly(1, 1), 1)).isNotEqualTo(text(DevopsRows.cpuOnly(1, 2), 1));
  }

  @Test
  void walksOfCpuMoveByAboutOneAndStayWithinTheirBounds() {
    DevopsRows rows = DevopsRows.cpuOnly(1, 7);
    double[] before = new double[10];
    double[] now = new double[10];
    rows.next(0, before);
    double squares = 0;
    for (int step = 0; step < 10_000; step++) {
      rows.next(0, now);
      for (int i = 0; i < now.length; i++) {
        assertThat(now[i]).isBetween(0.0, 100.0);
        squares += (now[i] - before[i]) * (now[i] - before[i]);
      }
      System.arraycopy(now, 0, before, 0, now.length);
    }
    // A step has variance 1, rounding down at both ends adds 1/6 at most, and walks rest at bounds.
    assertThat(squares / 100_000).isBetween(0.8, 1.3);
  }

  @Test
  void everyLineIsLineProtocol() {
    byte[] body =
        (text(DevopsRows.devops(2, 9), 20) + text(new NodeRows(2, 9), 3))
            .getBytes(StandardCharsets.UTF_8);
    LineProtocolParser parser = new LineProtocolParser();
    PointBatch batch = new PointBatch();
    parser.begin(batch, Precision.NANOSECONDS, 0);
    parser.feed(body, 0, body.length);
    parser.finish();

    assertThat(parser.errors()).isEmpty();
    assertThat(batch.rowCount()).isEqualTo(2 * 9 * 20 + 2 * 485 * 3);
  }
}
