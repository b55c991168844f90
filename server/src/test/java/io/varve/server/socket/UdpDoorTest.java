package io.varve.server.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.server.ingest.Precision;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UdpDoorTest {
  private static final int NEVER_MILLIS = 1_000_000;
  private static final LineTarget TARGET = new LineTarget("lines", "", Precision.MILLISECONDS);

  private final ServerMetrics metrics = new ServerMetrics();
  private Varve store;
  private @Nullable UdpDoor opened;

  @BeforeEach
  void open(@TempDir Path directory) {
    store = Varve.open(directory);
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
    store.close();
  }

  private UdpDoor open(int batchSize, int batchPending, int batchTimeoutMillis) throws Exception {
    UdpDoor door =
        UdpDoor.open(
            store,
            new UdpDoor.Options(
                "127.0.0.1", 0, batchSize, batchPending, batchTimeoutMillis, 1 << 20, TARGET),
            metrics);
    opened = door;
    return door;
  }

  private static void send(UdpDoor door, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(
          new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), door.port()));
    }
  }

  private String rows(String query) {
    return Rows.of(store, "lines", query);
  }

  @Test
  void storesABatchWhenItIsFull() throws Exception {
    UdpDoor door = open(3, 1, NEVER_MILLIS);
    send(door, "m v=1 1\nm v=2 2");
    send(door, "m v=3 3\nm v=4 4\n");
    Rows.await(() -> metrics.udp.points.sum() == 4);
    assertThat(metrics.udp.batches.sum()).isEqualTo(1);
    assertThat(rows("SELECT count(v), sum(v) FROM m")).isEqualTo("[0, 4, 10.0]");
  }

  @Test
  void storesABatchWhenItIsOld() throws Exception {
    UdpDoor door = open(1_000_000, 1, 1);
    send(door, "m v=1 1");
    Rows.await(() -> metrics.udp.points.sum() == 1);
    assertThat(rows("SELECT v FROM m")).isEqualTo("[1000000, 1.0]");
  }

  @Test
  void storesWhatItHasWhenItCloses() throws Exception {
    UdpDoor door = open(1_000_000, 1, NEVER_MILLIS);
    send(door, "m v=1 1");
    Rows.await(() -> metrics.udp.bytes.sum() > 0);
    door.close();
    Rows.await(() -> metrics.udp.points.sum() == 1);
  }

  @Test
  void endsLinesWithTheirPacketAndSkipsMalformedOnes() throws Exception {
    UdpDoor door = open(1, 4, NEVER_MILLIS);
    send(door, "nonsense\nm v=1");
    Rows.await(() -> metrics.udp.points.sum() == 1);
    send(door, "2 2\nm v=3 3");
    Rows.await(() -> metrics.udp.points.sum() == 2);
    assertThat(metrics.udp.failedLines.sum()).isEqualTo(2);
  }

  @Test
  void dropsAndCountsPacketsWhenStoringDoesNotKeepUp() throws Exception {
    UdpDoor door = open(1, 2, NEVER_MILLIS);
    int sent = 0;
    try (HeldCommit held = new HeldCommit(store)) {
      while (metrics.udp.droppedPackets.sum() == 0 && sent < 100_000) {
        send(door, "m v=1 " + sent++);
      }
      assertThat(metrics.udp.points.sum()).isZero();
      assertThat(metrics.udp.droppedPackets.sum()).isPositive();
      held.release();
    }
    Rows.await(() -> metrics.udp.points.sum() > 0);
    assertThat(metrics.udp.points.sum() + metrics.udp.droppedPackets.sum())
        .isLessThanOrEqualTo(sent);
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThatThrownBy(() -> open(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
