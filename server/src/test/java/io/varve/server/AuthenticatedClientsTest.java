package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Clock;
import io.micrometer.influx.InfluxConfig;
import io.micrometer.influx.InfluxMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBFactory;
import org.influxdb.dto.Query;
import org.influxdb.dto.QueryResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Clients as they are, against a server that asks who they are; and line protocol over UDP. */
class AuthenticatedClientsTest {
  @TempDir private Path directory;
  private RunningServer server;
  private InfluxDB admin;

  @BeforeEach
  void open() throws Exception {
    server = start(directory, "--auth", "--unauthenticated-sockets", "--udp-port=0");
    assertThat(query("CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES")).isEqualTo(200);
    admin = InfluxDBFactory.connect(server.uri().toString(), "root", "secret");
    for (String statement :
        List.of(
            "CREATE DATABASE metrics",
            "CREATE DATABASE other",
            "CREATE USER writer WITH PASSWORD 'pen'",
            "CREATE USER reader WITH PASSWORD 'eye'",
            "GRANT WRITE ON metrics TO writer",
            "GRANT READ ON metrics TO reader")) {
      assertThat(admin.query(new Query(statement)).hasError()).as(statement).isFalse();
    }
  }

  private static RunningServer start(Path directory, String... arguments) throws Exception {
    ServerOptions options = new ServerOptions();
    AccessOptions access = new AccessOptions();
    CommandLine line = new CommandLine(options);
    line.addMixin("access", access);
    line.parseArgs(concat("--port=0", arguments));
    access.check(options.doors());
    return RunningServer.open(
        directory,
        new ServerSettings(
            new StoreSettings(),
            options.doors(),
            new QuerySettings(),
            new PromOptions().settings(),
            access));
  }

  private static String[] concat(String first, String... rest) {
    String[] all = new String[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  private int query(String text) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.uri() + "/query"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("q=" + text.replace(' ', '+')))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
  }

  @AfterEach
  void close() {
    admin.close();
    server.close();
  }

  private InfluxDB as(String user, String password) {
    return InfluxDBFactory.connect(server.uri().toString(), user, password).setDatabase("metrics");
  }

  private List<List<Object>> rows(String database, String text) {
    QueryResult result = admin.query(new Query(text, database));
    assertThat(result.hasError()).isFalse();
    var series = result.getResults().get(0).getSeries();
    return series == null ? List.of() : series.get(0).getValues();
  }

  @Test
  void influxDbJavaMayWhatWasGranted() {
    try (InfluxDB writer = as("writer", "pen");
        InfluxDB reader = as("reader", "eye")) {
      writer.write("m v=1 1");
      QueryResult read = reader.query(new Query("SELECT v FROM m", "metrics"));
      assertThat(read.getResults().get(0).getSeries().get(0).getValues()).hasSize(1);
      assertThatThrownBy(() -> reader.write("m v=2 2"))
          .isInstanceOf(InfluxDBException.AuthorizationFailedException.class)
          .hasMessageContaining("not authorized to write to database");
      assertThatThrownBy(() -> writer.query(new Query("SELECT v FROM m", "metrics")))
          .isInstanceOf(InfluxDBException.class)
          .hasMessageContaining("requires READ on metrics");
      writer.setDatabase("other");
      assertThatThrownBy(() -> writer.write("m v=2 2")).isInstanceOf(InfluxDBException.class);
    }
    try (InfluxDB stranger = as("writer", "wrong")) {
      assertThatThrownBy(() -> stranger.write("m v=2 2"))
          .isInstanceOf(InfluxDBException.AuthorizationFailedException.class);
    }
    assertThat(rows("metrics", "SELECT v FROM m")).hasSize(1);
  }

  /** Telegraf and Grafana send Basic; telegraf's output for version 2 sends a token. */
  @Test
  void headersOfTelegrafAndGrafanaAreTaken() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    String basic = "Basic d3JpdGVyOnBlbg=="; // writer:pen
    for (Map.Entry<String, String> way :
        Map.of("/write?db=metrics", basic, "/api/v2/write?bucket=metrics&org=x", "Token writer:pen")
            .entrySet()) {
      HttpResponse<String> written =
          client.send(
              HttpRequest.newBuilder(URI.create(server.uri() + way.getKey()))
                  .header("Authorization", way.getValue())
                  .POST(BodyPublishers.ofString("cpu,path=" + way.getKey().length() + " v=1 1"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(written.statusCode()).as(written.body()).isEqualTo(204);
    }
    HttpResponse<String> panel =
        client.send(
            HttpRequest.newBuilder(
                    URI.create(server.uri() + "/query?db=metrics&epoch=ms&q=SHOW+measurements"))
                .header("Authorization", "Basic cmVhZGVyOmV5ZQ==") // reader:eye
                .build(),
            BodyHandlers.ofString());
    assertThat(panel.body()).contains("[[\"cpu\"]]");
    assertThat(rows("metrics", "SELECT v FROM cpu")).hasSize(2);
  }

  @Test
  void micrometerPublishesWithUserAndPassword() {
    Map<String, String> settings =
        Map.of(
            "influx.uri", server.uri().toString(),
            "influx.db", "metrics",
            "influx.userName", "writer",
            "influx.password", "pen",
            "influx.autoCreateDb", "false",
            "influx.step", "1h");
    InfluxConfig config = settings::get;
    InfluxMeterRegistry registry = new InfluxMeterRegistry(config, Clock.SYSTEM);
    registry.gauge("temperature", 21.5);
    registry.close();
    assertThat(rows("metrics", "SELECT value FROM temperature")).hasSize(1);
  }

  @Test
  void influxDbJavaSendsDatagrams() throws Exception {
    try (InfluxDB client = as("writer", "pen")) {
      client.write(Objects.requireNonNull(server.udp()).port(), List.of("u v=1 1", "u v=2 2"));
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (server.store().database("udp") == null || rows("udp", "SELECT v FROM u").size() < 2) {
      assertThat(System.nanoTime() - end).isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void oneServerSubscribesToAnother(@TempDir Path second) throws Exception {
    try (RunningServer receiver = start(second)) {
      try (InfluxDB there = InfluxDBFactory.connect(receiver.uri().toString())) {
        there.query(new Query("CREATE DATABASE metrics"));
        String url = "http://127.0.0.1:" + receiver.http().port();
        admin.query(
            new Query("CREATE SUBSCRIPTION s ON metrics.autogen DESTINATIONS ALL '" + url + "'"));
        admin.setDatabase("metrics").write("m,host=a\\ b v=1.5,s=\"x\\\"y\" 7");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Query query = new Query("SELECT s, v, host FROM m", "metrics");
        while (there.query(query).getResults().get(0).getSeries() == null) {
          assertThat(System.nanoTime() - end).isNegative();
          Thread.onSpinWait();
        }
        assertThat(there.query(query).getResults().get(0).getSeries().get(0).getValues())
            .containsExactly(List.of("1970-01-01T00:00:00.000000007Z", "x\"y", 1.5, "a b"));
      }
      QueryResult shown = admin.query(new Query("SHOW SUBSCRIPTIONS"));
      assertThat(shown.getResults().get(0).getSeries().get(0).getValues().get(0).get(3))
          .asString()
          .contains("http://127.0.0.1");
    }
  }
}
