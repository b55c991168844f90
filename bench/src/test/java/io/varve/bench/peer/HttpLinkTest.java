package io.varve.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpLinkTest {
  @TempDir Path directory;

  private HttpServer server;
  private HttpLink link;

  HttpLinkTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    link = new HttpLink(server.getAddress().getPort());
  }

  /** Answers a POST with its body and a header, a GET with its query, long ones in chunks. */
  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          String query = String.valueOf(exchange.getRequestURI().getQuery());
          byte[] answer =
              exchange.getRequestMethod().equals("POST")
                  ? (exchange.getRequestHeaders().getFirst("Content-Type")
                          + new String(
                              exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                      .getBytes(StandardCharsets.UTF_8)
                  : query
                      .repeat(query.equals("long") ? 100_000 : 1)
                      .getBytes(StandardCharsets.UTF_8);
          switch (query) {
            case "empty" -> exchange.sendResponseHeaders(204, -1);
            case "long" -> exchange.sendResponseHeaders(200, 0);
            default -> exchange.sendResponseHeaders(200, answer.length);
          }
          if (!query.equals("empty")) {
            exchange.getResponseBody().write(answer);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() throws IOException {
    link.close();
    server.stop(0);
  }

  @Test
  void readsAnswersOfEveryKindOverOneConnection() throws Exception {
    assertThat(link.get("/?short").text()).isEqualTo("short");
    assertThat(link.get("/?empty").status()).isEqualTo(204);
    assertThat(link.get("/?long").body()).hasSize(400_000);
    assertThat(link.get("/?again").text()).isEqualTo("again");
  }

  @Test
  void postsAPartOfAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("body"), "0123456789");
    try (FileChannel channel = FileChannel.open(file)) {
      HttpLink.Body body = new HttpLink.Body(channel, 2, 5, "Content-Type: x\r\n");
      assertThat(link.post("/?p", body).text()).isEqualTo("x23456");
      assertThat(link.post("/?p").text()).isEqualTo("null");
    }
  }

  @Test
  void connectsAgainIfTheServerHasClosedAnIdleConnection() throws Exception {
    byte[] answer =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.UTF_8);
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpLink own = new HttpLink(listener.getLocalPort())) {
      Thread forgetful =
          new Thread(
              () -> {
                for (int i = 0; i < 2; i++) {
                  try (Socket socket = listener.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write(answer);
                    out.flush();
                    socket.getInputStream().read(new byte[1000]);
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                }
              });
      forgetful.start();

      assertThat(own.get("/1").text()).isEqualTo("ok");
      assertThat(own.get("/2").text()).isEqualTo("ok");
      forgetful.join();
    }
  }

  @Test
  void saysSoWhenNobodyListens() throws Exception {
    int port;
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = listener.getLocalPort();
    }
    try (HttpLink own = new HttpLink(port)) {
      assertThatThrownBy(() -> own.get("/")).isInstanceOf(IOException.class);
    }
  }
}
