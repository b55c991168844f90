package io.varve.server.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.server.ingest.Precision;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TcpDoorTest {
  private static final LineTarget TARGET = new LineTarget("lines", "", Precision.SECONDS);

  private final ServerMetrics metrics = new ServerMetrics();
  private Varve store;
  private TcpDoor door;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    store = Varve.open(directory);
    door = TcpDoor.open(store, new TcpDoor.Options("127.0.0.1", 0, 2, TARGET), metrics);
  }

  @AfterEach
  void close() {
    door.close();
    store.close();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), door.port());
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private String rows(String query) {
    return Rows.of(store, "lines", query);
  }

  @Test
  void storesLinesWhileTheConnectionStaysOpen() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "m,t=a v=1 1\nm,t=b v=2 2\n");
      Rows.await(() -> metrics.tcp.points.sum() == 2);
      assertThat(rows("SELECT v FROM m")).isEqualTo("[1000000000, 1.0][2000000000, 2.0]");
      send(socket, "m,t=a v=3 3\n");
      Rows.await(() -> metrics.tcp.points.sum() == 3);
    }
    assertThat(rows("SELECT count(v) FROM m")).isEqualTo("[0, 3]");
  }

  @Test
  void putsLinesTogetherHoweverTheyAreCut() throws Exception {
    try (Socket socket = connect()) {
      socket.setTcpNoDelay(true);
      for (byte b : "m v=12 1\nm v=34 2\n".getBytes(StandardCharsets.UTF_8)) {
        socket.getOutputStream().write(b);
      }
      Rows.await(() -> metrics.tcp.points.sum() == 2);
    }
    assertThat(rows("SELECT v FROM m")).isEqualTo("[1000000000, 12.0][2000000000, 34.0]");
  }

  @Test
  void skipsMalformedLines() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "m v=1 1\nnonsense\nm v=2 2\nm v=\"x\" 3\n");
      Rows.await(() -> metrics.tcp.points.sum() == 2 && metrics.tcp.droppedPoints.sum() == 1);
    }
    assertThat(metrics.tcp.failedLines.sum()).isEqualTo(1);
  }

  @Test
  void storesNothingOfALineThatIsCutOff() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "m v=1 1\nm v=123");
    }
    Rows.await(() -> metrics.tcp.failedLines.sum() == 1);
    assertThat(rows("SELECT v FROM m")).isEqualTo("[1000000000, 1.0]");
  }

  @Test
  void takesMoreThanABatchAtOnce() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      lines.append("m,host=h").append(i % 10).append(" v=").append(i).append("i ");
      lines.append(i).append('\n');
    }
    try (Socket socket = connect()) {
      send(socket, lines.toString());
    }
    Rows.await(() -> metrics.tcp.points.sum() == 50_000);
    assertThat(rows("SELECT count(v), sum(v) FROM m")).isEqualTo("[0, 50000, 1249975000]");
    assertThat(metrics.tcp.bytes.sum()).isEqualTo(lines.length());
  }

  @Test
  void turnsAwayConnectionsBeyondTheLimit() throws Exception {
    try (Socket first = connect();
        Socket second = connect()) {
      send(first, "m v=1 1\n");
      send(second, "m v=2 2\n");
      Rows.await(() -> metrics.tcp.points.sum() == 2);
      try (Socket third = connect()) {
        assertThat(third.getInputStream().read()).isNegative();
      }
      assertThat(metrics.tcp.refusedConnections.sum()).isEqualTo(1);
    }
  }

  @Test
  void makesSendersWaitWhileNothingCanBeStoredAndLosesNothing() throws Exception {
    int count = 100_000;
    try (HeldCommit held = new HeldCommit(store);
        Socket socket = connect()) {
      Thread sender =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < count; i++) {
                    send(socket, "m v=" + i + "i " + i + "\n");
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      sender.start();
      Rows.await(() -> metrics.tcp.bytes.sum() > 0);
      assertThat(metrics.tcp.points.sum()).isZero();
      held.release();
      sender.join();
    }
    Rows.await(() -> metrics.tcp.points.sum() == count);
    assertThat(rows("SELECT count(v) FROM m")).isEqualTo("[0, " + count + "]");
    assertThat(metrics.tcp.failedBatches.sum()).isZero();
  }

  @Test
  void triesAgainWhatTheEngineRefusesForNow(@TempDir Path directory) throws Exception {
    try (Varve small = Varve.open(directory, VarveOptions.defaults().withWriteQueueBytes(1))) {
      TcpDoor own = TcpDoor.open(small, new TcpDoor.Options("127.0.0.1", 0, 2, TARGET), metrics);
      try (HeldCommit held = new HeldCommit(small);
          Socket first = new Socket(InetAddress.getLoopbackAddress(), own.port());
          Socket second = new Socket(InetAddress.getLoopbackAddress(), own.port())) {
        send(first, "m v=1 1\n");
        send(second, "m v=2 2\n");
        Rows.await(() -> small.stats().rejectedBatches() > 0);
        held.release();
        Rows.await(() -> metrics.tcp.points.sum() == 2);
      } finally {
        own.close();
      }
      assertThat(metrics.tcp.failedBatches.sum()).isZero();
    }
  }

  @Test
  void storesWhatItHasReadWhenItCloses() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "m v=1 1\n");
      Rows.await(() -> metrics.tcp.bytes.sum() > 0);
      door.close();
      assertThat(metrics.tcp.points.sum()).isEqualTo(1);
      assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    }
  }
}
