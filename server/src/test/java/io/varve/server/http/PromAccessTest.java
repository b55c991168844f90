package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryEngine;
import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;
import io.varve.query.prometheus.PromEngine;
import io.varve.query.prometheus.PromSettings;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** PromQL where clients are asked who they are: nobody sees a database they may not read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromAccessTest {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Varve store;
  private HttpServer server;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    store = Varve.open(directory);
    QueryEngine engine = new QueryEngine(store, Clock.systemUTC());
    for (String text :
        List.of(
            "CREATE DATABASE open_one",
            "CREATE DATABASE secret_one",
            "CREATE DATABASE prometheus",
            "CREATE USER admin WITH PASSWORD 'a' WITH ALL PRIVILEGES",
            "CREATE USER reader WITH PASSWORD 'r'",
            "GRANT READ ON open_one TO reader",
            "CREATE USER writer WITH PASSWORD 'w'",
            "GRANT WRITE ON prometheus TO writer")) {
      try (ResultCursor answer = engine.influxQl(text, options())) {
        assertThat(answer.nextStatement()).isTrue();
        assertThat(answer.error()).isNull();
      }
    }
    server =
        HttpServer.start(
            store,
            new Authentication(engine, "", Clock.systemUTC()),
            new PromEngine(store, PromSettings.defaults(), engine),
            HttpOptions.defaults().withAddress("127.0.0.1", 0),
            new ServerMetrics());
    for (String database : List.of("open_one", "secret_one", "prometheus")) {
      HttpResponse<String> written =
          send(
              "admin:a",
              HttpRequest.newBuilder(uri("/write?precision=ms&db=" + database))
                  .POST(BodyPublishers.ofString("m,of=" + database + " value=1 1700000000000")));
      assertThat(written.statusCode()).as(written.body()).isEqualTo(204);
    }
  }

  private static QueryOptions options() {
    return new QueryOptions(null, null, Map.of(), false, () -> false);
  }

  @AfterAll
  void stop() {
    server.close();
    store.close();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpResponse<String> send(String credentials, HttpRequest.Builder request)
      throws Exception {
    if (!credentials.isEmpty()) {
      byte[] pair = credentials.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String credentials, String path) throws Exception {
    return send(credentials, HttpRequest.newBuilder(uri(path)).GET());
  }

  @Test
  void asksWhoIsThere() throws Exception {
    for (String path :
        List.of(
            "/api/v1/query?query=1",
            "/api/v1/labels",
            "/api/v1/metadata",
            "/api/v1/status/tsdb",
            "/api/v1/status/flags",
            "/federate?match[]=m".replace("[", "%5B").replace("]", "%5D"))) {
      assertThat(get("", path).statusCode()).as(path).isEqualTo(401);
      assertThat(get("reader:wrong", path).statusCode()).as(path).isEqualTo(401);
      assertThat(get("reader:r", path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(get("", "/-/healthy").statusCode()).isEqualTo(200);
    assertThat(get("", "/-/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void showsOnlyWhatMayBeRead() throws Exception {
    for (String path :
        List.of(
            "/api/v1/query?query=m&time=1700000000",
            "/api/v1/query_range?query=m&start=1700000000&end=1700000000&step=1",
            "/api/v1/series?match%5B%5D=m",
            "/api/v1/label/of/values",
            "/api/v1/label/of/values?match%5B%5D=m",
            "/federate?match%5B%5D=m&lookback_delta=90y")) {
      assertThat(get("admin:a", path).body())
          .as(path)
          .contains("open_one")
          .contains("secret_one")
          .contains("prometheus");
      assertThat(get("reader:r", path).body())
          .as(path)
          .contains("open_one")
          .doesNotContain("secret_one")
          .doesNotContain("prometheus");
      assertThat(get("writer:w", path).body()).as(path).doesNotContain("_one");
    }
    assertThat(get("reader:r", "/api/v1/status/tsdb").body()).contains("\"numSeries\":1,");
    assertThat(get("admin:a", "/api/v1/status/tsdb").body()).contains("\"numSeries\":3,");
  }

  @Test
  void doesNotLetANamedDatabaseOpenIt() throws Exception {
    assertThat(get("reader:r", "/api/v1/query?query=m&time=1700000000&db=secret_one").body())
        .isEqualTo("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
    assertThat(get("reader:r", "/api/v1/labels?db=secret_one").body())
        .isEqualTo("{\"status\":\"success\",\"data\":[]}");
  }

  @Test
  void refusesRemoteWriteThatWasNotGranted() throws Exception {
    assertThat(remoteWrite("reader:r", "").statusCode()).isEqualTo(403);
    assertThat(remoteWrite("writer:w", "?db=open_one").statusCode()).isEqualTo(403);
    assertThat(remoteWrite("writer:w", "").statusCode()).isEqualTo(204);
    assertThat(remoteWrite("", "").statusCode()).isEqualTo(401);
  }

  /** Sends an empty message. */
  private HttpResponse<String> remoteWrite(String credentials, String parameters) throws Exception {
    return send(
        credentials,
        HttpRequest.newBuilder(uri("/api/v1/write" + parameters))
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .POST(BodyPublishers.ofByteArray(new byte[] {0})));
  }
}
