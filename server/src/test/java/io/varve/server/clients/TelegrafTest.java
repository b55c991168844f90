package io.varve.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The requests that Telegraf's outputs {@code influxdb} and {@code influxdb_v2} send, as sent. */
class TelegrafTest {
  private static final String AGENT = "Telegraf/1.34.0 Go/1.24.1";
  private static final String LINES =
      """
      cpu,cpu=cpu0,host=a usage_idle=97.5,usage_user=1.25 1700000000000000000
      mem,host=a used=1024i,free=2048i 1700000000000000000
      """;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private LiveServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = new LiveServer(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** As {@code createDatabase} of the output does when it connects. */
  private JsonNode createDatabase() throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(server.url() + "/query"))
                .header("User-Agent", AGENT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("q=CREATE+DATABASE+%22telegraf%22"))
                .build(),
            BodyHandlers.ofString());
    return LiveServer.result(answer);
  }

  /** Without a length, as Telegraf streams its bodies: chunked transfer encoding. */
  private HttpResponse<String> write(String path, String lines, boolean gzip) throws Exception {
    byte[] body = gzip ? gzip(lines) : lines.getBytes(StandardCharsets.UTF_8);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .header("User-Agent", AGENT)
            .header("Content-Type", "text/plain; charset=utf-8")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
    if (gzip) {
      request.header("Content-Encoding", "gzip");
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static String error(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).get("error").asString();
  }

  @Test
  void connectsAndWrites() throws Exception {
    assertThat(createDatabase().has("error")).isFalse();
    assertThat(createDatabase().has("error")).isFalse();
    assertThat(write("/write?db=telegraf", LINES, true).statusCode()).isEqualTo(204);
    assertThat(write("/write?consistency=any&db=telegraf", LINES, false).statusCode())
        .isEqualTo(204);
    assertThat(
            server
                .query("telegraf", "SELECT usage_idle, usage_user FROM cpu")
                .at("/series/0/values")
                .toString())
        .isEqualTo("[[1700000000000,97.5,1.25]]");
  }

  @Test
  void writesToARetentionPolicy() throws Exception {
    createDatabase();
    server.query("telegraf", "CREATE RETENTION POLICY long ON telegraf DURATION INF REPLICATION 1");
    assertThat(write("/write?consistency=one&db=telegraf&rp=long", LINES, true).statusCode())
        .isEqualTo(204);
    assertThat(
            server.query("telegraf", "SELECT used FROM long.mem").at("/series/0/values").toString())
        .isEqualTo("[[1700000000000,1024]]");
  }

  @Test
  void learnsThatTheDatabaseIsGone() throws Exception {
    HttpResponse<String> answer = write("/write?db=telegraf", LINES, true);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(error(answer)).isEqualTo("database not found: \"telegraf\"");
    assertThat(createDatabase().has("error")).isFalse();
    assertThat(write("/write?db=telegraf", LINES, true).statusCode()).isEqualTo(204);
  }

  @Test
  void learnsWhatItNeedNotSendAgain() throws Exception {
    createDatabase();
    write("/write?db=telegraf", "m v=1 1", true);
    assertThat(error(write("/write?db=telegraf", "m v=\"x\" 1\nm v=2 2", true)))
        .startsWith("partial write: field type conflict");
    assertThat(error(write("/write?db=telegraf", "m v=", true))).startsWith("unable to parse");
    assertThat(error(write("/write?db=telegraf&rp=none", "m v=1", true)))
        .startsWith("retention policy not found");
  }

  @Test
  void writesThroughTheOutputForVersionTwo() throws Exception {
    createDatabase();
    assertThat(
            write("/api/v2/write?bucket=telegraf%2Fautogen&org=none&precision=ns", LINES, true)
                .statusCode())
        .isEqualTo(204);
    assertThat(server.query("telegraf", "SELECT count(used) FROM mem").at("/series/0/values/0/1"))
        .hasToString("1");
  }
}
