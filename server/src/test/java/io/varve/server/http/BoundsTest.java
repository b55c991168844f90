package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients cannot make the server do. */
class BoundsTest {
  @TempDir Path directory;

  private TestServer start(HttpOptions options) throws Exception {
    return new TestServer(directory, options, (text, asked) -> TestServer.emptyAnswer());
  }

  private static HttpOptions options(int maxConnections, long maxInFlightBytes, long stallMillis) {
    return new HttpOptions(
        "127.0.0.1", 0, maxConnections, 1_000_000, maxInFlightBytes, 2, 2, stallMillis, 5_000);
  }

  @Test
  void turnsAwayConnectionsBeyondTheLimitUntilOthersGo() throws Exception {
    try (TestServer server = start(options(2, 8_000_000, 20_000))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        clients.add(server.raw());
        assertThat(clients.get(i).send(RawClient.head("GET /ping")).read().status()).isEqualTo(204);
      }
      try (RawClient third = server.raw()) {
        RawClient.Answer answer = third.read();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("Retry-After", "1");
        assertThat(third.atEnd()).isTrue();
      }
      for (RawClient client : clients) {
        assertThat(client.send(RawClient.head("GET /ping")).read().status()).isEqualTo(204);
        client.close();
      }
      int status;
      do {
        try (RawClient next = server.raw()) {
          status = next.send(RawClient.head("GET /ping")).read().status();
        }
      } while (status == 503);
      assertThat(status).isEqualTo(204);
    }
  }

  @Test
  void refusesWritesWhileTooManyBytesAreInProgress() throws Exception {
    try (TestServer server = start(options(16, 100_000, 20_000))) {
      HttpResponse<String> answer = server.post("/write?db=db", "#".repeat(150_000));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(answer.body()).contains("too many bytes of writes in progress");
      assertThat(server.server.inFlightBytes()).isZero();
      assertThat(server.post("/write?db=db", "m v=1 1").statusCode()).isEqualTo(204);

      try (RawClient slow = server.raw()) {
        slow.send(RawClient.head("POST /write?db=db", "Content-Length: 90000"));
        slow.send("#".repeat(80_000));
        while (server.server.inFlightBytes() < 80_000) {
          Thread.onSpinWait();
        }
        assertThat(server.post("/write?db=db", "#".repeat(30_000)).statusCode()).isEqualTo(503);
        assertThat(slow.send("#".repeat(9_999) + "\n").read().status()).isEqualTo(204);
      }
      assertThat(server.post("/write?db=db", "#".repeat(30_000)).statusCode()).isEqualTo(204);
    }
  }

  @Test
  void closesConnectionsThatSendAHeadByteByByte() throws Exception {
    try (TestServer server = start(options(16, 8_000_000, 50));
        RawClient client = server.raw()) {
      client.send("GET /ping HTTP/1.1\r\nX: ");
      RawClient.Answer answer = drip(client);
      assertThat(answer.status()).isEqualTo(408);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void closesConnectionsThatSendABodyByteByByte() throws Exception {
    try (TestServer server = start(options(16, 8_000_000, 50));
        RawClient client = server.raw()) {
      client.send(RawClient.head("POST /write?db=db", "Content-Length: 1000000"));
      RawClient.Answer answer = drip(client);
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("timed out waiting for the body");
      assertThat(server.storedValues()).isZero();
      assertThat(server.server.inFlightBytes()).isZero();
    }
  }

  /**
   * Sends a byte now and then, never silent for as long as is allowed, until there is an answer.
   */
  private static RawClient.Answer drip(RawClient client) throws Exception {
    while (client.socket.getInputStream().available() == 0) {
      client.send("#");
      Thread.sleep(5);
    }
    return client.read();
  }

  @Test
  void refusesHeadsThatAreTooLarge() throws Exception {
    try (TestServer server = start(options(16, 8_000_000, 20_000))) {
      try (RawClient client = server.raw()) {
        String large = "X: " + "x".repeat(40_000);
        RawClient.Answer answer = client.send(RawClient.head("GET /ping", large)).read();
        assertThat(answer.status()).isEqualTo(431);
      }
      try (RawClient client = server.raw()) {
        String path = "/query?q=" + "x".repeat(300_000);
        RawClient.Answer answer = client.send(RawClient.head("GET " + path)).read();
        assertThat(answer.status()).isEqualTo(414);
      }
    }
  }

  @Test
  void closesAfterTheAnswerForThoseWhoWantThat() throws Exception {
    try (TestServer server = start(options(16, 8_000_000, 20_000));
        RawClient client = server.raw()) {
      RawClient.Answer kept = client.send(RawClient.head("GET /ping")).read();
      assertThat(kept.headers()).doesNotContainKey("Connection");
      RawClient.Answer last = client.send(RawClient.head("GET /ping", "Connection: close")).read();
      assertThat(last.headers()).containsEntry("Connection", "close");
      assertThat(client.atEnd()).isTrue();
      assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
    }
  }
}
