package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointsTest {
  private TestServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = TestServer.withoutQueries(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void answersPing() throws Exception {
    HttpResponse<String> ping = server.get("/ping");
    assertThat(ping.statusCode()).isEqualTo(204);
    assertThat(header(ping, "X-Influxdb-Version")).startsWith("1.");
    assertThat(header(ping, "X-Influxdb-Build")).isEqualTo("OSS");
    assertThat(header(ping, "Content-Type")).isEqualTo("application/json");
    assertThat(header(ping, "Request-Id"))
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        .isEqualTo(header(ping, "X-Request-Id"));
    HttpResponse<String> head =
        server.send(
            HttpRequest.newBuilder(server.uri("/ping")).method("HEAD", BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(204);
  }

  @Test
  void capitalisesHeadersForClientsThatMindTheCase() throws Exception {
    try (RawClient client = server.raw()) {
      RawClient.Answer answer =
          client.send(RawClient.head("GET /health", "Origin: http://o")).read();
      assertThat(answer.headers().keySet())
          .contains("Content-Type", "Content-Length", "Access-Control-Allow-Origin", "Request-Id")
          .allMatch(name -> Character.isUpperCase(name.charAt(0)));
    }
  }

  @Test
  void tellsItsVersionWhenPingIsVerbose() throws Exception {
    HttpResponse<String> ping = server.get("/ping?verbose=1");
    assertThat(ping.statusCode()).isEqualTo(200);
    assertThat(ping.body()).isEqualTo("{\"version\":\"" + Answers.VERSION + "\"}\n");
    assertThat(server.get("/ping?verbose=false").statusCode()).isEqualTo(204);
  }

  @Test
  void answersHealth() throws Exception {
    HttpResponse<String> health = server.get("/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body()).contains("\"name\":\"influxdb\"").contains("\"status\":\"pass\"");
  }

  @Test
  void saysWhatItDoesNotKnow() throws Exception {
    HttpResponse<String> unknown = server.get("/nowhere");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("404 page not found\n");
    assertThat(header(unknown, "X-Influxdb-Version")).isNotEmpty();
    HttpResponse<String> wrongMethod = server.get("/write?db=db");
    assertThat(wrongMethod.statusCode()).isEqualTo(405);
    assertThat(header(wrongMethod, "Allow")).isEqualTo("OPTIONS, POST");
  }

  @Test
  void echoesTheRequestId() throws Exception {
    assertThat(header(server.get("/ping", "X-Request-Id", "mine"), "Request-Id")).isEqualTo("mine");
    assertThat(header(server.get("/ping", "Request-Id", "old"), "X-Request-Id")).isEqualTo("old");
  }

  @Test
  void allowsOtherOriginsThatAsk() throws Exception {
    assertThat(server.get("/ping").headers().map())
        .doesNotContainKey("access-control-allow-origin");
    HttpResponse<String> preflight =
        server.send(
            HttpRequest.newBuilder(server.uri("/query"))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "http://grafana.example"));
    assertThat(preflight.statusCode()).isEqualTo(200);
    assertThat(header(preflight, "Access-Control-Allow-Origin"))
        .isEqualTo("http://grafana.example");
    assertThat(header(preflight, "Access-Control-Allow-Methods")).contains("POST");
  }
}
