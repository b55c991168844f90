package io.varve.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.bench.compare.Lane.Batch;
import io.varve.bench.peer.BodyFormat;
import io.varve.bench.tsbs.DevopsRows;
import io.varve.bench.tsbs.LineWriter;
import io.varve.server.remote.RemoteWriteReader;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.model.PointBatch;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaneWriterTest {
  private static final int HOSTS = 5;
  private static final int STEPS = 30;

  @TempDir Path directory;

  private final Progress silent = new Progress(new PrintStream(OutputStream.nullOutputStream()));

  private Map<BodyFormat, List<Lane>> write(int rowsPerBatch, int samplesPerBatch)
      throws Exception {
    LaneWriter writer =
        new LaneWriter(DevopsRows.devops(HOSTS, 1), EnumSet.allOf(BodyFormat.class), 2, directory);
    return writer.write("main", 0, STEPS, rowsPerBatch, samplesPerBatch, silent);
  }

  private static List<Lane> lanes(Map<BodyFormat, List<Lane>> written, BodyFormat format) {
    return Objects.requireNonNull(written.get(format));
  }

  private static List<byte[]> bodies(Lane lane) throws Exception {
    byte[] file = Files.readAllBytes(lane.file());
    List<byte[]> bodies = new ArrayList<>();
    for (Batch batch : lane.batches()) {
      int offset = Math.toIntExact(batch.offset());
      bodies.add(Arrays.copyOfRange(file, offset, offset + batch.length()));
    }
    assertThat(lane.bytes()).isEqualTo(file.length);
    return bodies;
  }

  private static List<String> allLines() {
    DevopsRows source = DevopsRows.devops(HOSTS, 1);
    LineWriter lines = new LineWriter(source);
    StringBuilder out = new StringBuilder();
    double[] values = new double[40];
    for (int step = 0; step < STEPS; step++) {
      for (int row = 0; row < source.shapes().size(); row++) {
        source.next(row, values);
        lines.append(out, row, step, values);
      }
    }
    return out.toString().lines().toList();
  }

  @Test
  void dealsOutHostsToLanesInOrderAndLosesNoLine() throws Exception {
    List<String> found = new ArrayList<>();
    for (Lane lane : lanes(write(7, 100), BodyFormat.LINES)) {
      List<String> ofLane = new ArrayList<>();
      List<byte[]> bodies = bodies(lane);
      for (int i = 0; i < bodies.size(); i++) {
        List<String> lines = new String(bodies.get(i), StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(lane.batches().get(i).rows());
        assertThat(lines).hasSizeLessThanOrEqualTo(7);
        ofLane.addAll(lines);
      }
      assertThat(ofLane)
          .containsExactlyElementsOf(allLines().stream().filter(ofLane::contains).toList());
      found.addAll(ofLane);
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(allLines());
  }

  @Test
  void remoteWritesHaveTheSameValues() throws Exception {
    PointBatch batch = new PointBatch();
    RemoteWriteReader reader = new RemoteWriteReader((metric, type, help, unit) -> {}, 100_000_000);
    long values = 0;
    for (Lane lane : lanes(write(1000, 100), BodyFormat.REMOTE_WRITE)) {
      for (byte[] body : bodies(lane)) {
        byte[] message = SnappyBlock.decode(body, body.length, 100_000_000);
        reader.readV1(message, message.length, batch);
      }
      values += lane.values();
      assertThat(lane.batches()).allMatch(each -> each.values() <= 100);
    }

    assertThat(values).isEqualTo((long) HOSTS * 101 * STEPS);
    assertThat(batch.rowCount()).isEqualTo(HOSTS * 101 * STEPS);
  }

  @Test
  void goesOnWhereTheFirstPartEnded() throws Exception {
    LaneWriter writer =
        new LaneWriter(DevopsRows.devops(HOSTS, 1), EnumSet.of(BodyFormat.LINES), 1, directory);
    Lane first = lanes(writer.write("a", 0, 10, 100, 100, silent), BodyFormat.LINES).get(0);
    Lane second =
        lanes(writer.write("b", 10, STEPS - 10, 100, 100, silent), BodyFormat.LINES).get(0);

    assertThat(Files.readString(first.file()) + Files.readString(second.file()))
        .isEqualTo(String.join("\n", allLines()) + "\n");
  }
}
