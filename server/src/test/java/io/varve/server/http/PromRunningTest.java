package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.RunningQueryLimits;
import io.varve.query.prometheus.PromSettings;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PromQL requests while they run: seen, limited, killed, abandoned. */
@Timeout(30)
class PromRunningTest {
  private static final Pattern ROW = Pattern.compile("\\[(\\d+),\"absent\\(");
  private static final PromSettings SETTINGS = PromSettings.defaults();

  /** Would take far longer than any test waits: many steps of many series, many times. */
  private static final String ENDLESS = endless();

  private static String endless() {
    StringBuilder query = new StringBuilder("absent(m)");
    for (int i = 1; i <= 200; i++) {
      query.append(" or absent(quantile_over_time(0.5, m[").append(1000 + i).append("s]))");
    }
    return query.toString();
  }

  private static PromServer start(Path directory, RunningQueryLimits limits, PromSettings settings)
      throws Exception {
    PromServer server = new PromServer(directory, limits, settings);
    StringBuilder lines = new StringBuilder();
    for (int series = 0; series < 500; series++) {
      for (int i = 0; i < 40; i++) {
        lines.append("m,n=").append(series).append(" value=").append(i * 7 % 13).append(' ');
        lines.append(i * 250_000).append('\n');
      }
    }
    server.write("prometheus", lines.toString());
    return server;
  }

  private static HttpRequest endlessRequest(PromServer server) {
    return HttpRequest.newBuilder(server.uri("/api/v1/query_range"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(
            BodyPublishers.ofString(
                PromServer.form("query", ENDLESS, "start", "0", "end", "10999", "step", "1")))
        .build();
  }

  private static CompletableFuture<HttpResponse<String>> begin(PromServer server) {
    return server.client.sendAsync(endlessRequest(server), BodyHandlers.ofString());
  }

  private static RawClient beginRaw(PromServer server) throws Exception {
    String form = PromServer.form("query", ENDLESS, "start", "0", "end", "10999", "step", "1");
    return new RawClient(server.server.port())
        .send(
            RawClient.head(
                    "POST /api/v1/query_range",
                    "Content-Type: application/x-www-form-urlencoded",
                    "Content-Length: " + form.length())
                + form);
  }

  private static void awaitRunning(PromServer server, int count) {
    while (server.engine.running().totals().active() != count) {
      Thread.onSpinWait();
    }
  }

  /** Waits until SHOW QUERIES shows the endless query, and answers its id. */
  private static String awaitId(PromServer server) throws Exception {
    while (true) {
      Matcher row = ROW.matcher(server.influxQl("prometheus", "SHOW QUERIES"));
      if (row.find()) {
        return row.group(1);
      }
      Thread.onSpinWait();
    }
  }

  private static void awaitNone(PromServer server) throws Exception {
    while (ROW.matcher(server.influxQl("prometheus", "SHOW QUERIES")).find()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void endsAQueryThatIsKilled(@TempDir Path directory) throws Exception {
    try (PromServer server = start(directory, RunningQueryLimits.none(), SETTINGS)) {
      CompletableFuture<HttpResponse<String>> answer = begin(server);
      String id = awaitId(server);
      assertThat(server.influxQl("prometheus", "KILL QUERY " + id))
          .startsWith("{\"results\":[{\"statement_id\":0")
          .doesNotContain("error");
      assertThat(PromServer.error(answer.get())).isEqualTo("499 canceled: query was canceled");
      awaitNone(server);
    }
  }

  @Test
  void endsAQueryWhoseClientGoesAway(@TempDir Path directory) throws Exception {
    try (PromServer server = start(directory, RunningQueryLimits.none(), SETTINGS)) {
      try (RawClient client = beginRaw(server)) {
        assertThat(client.socket.isConnected()).isTrue();
        awaitId(server);
      }
      awaitNone(server);
    }
  }

  @Test
  void endsAQueryThatTakesTooLong(@TempDir Path directory) throws Exception {
    PromSettings hasty =
        new PromSettings("prometheus", 300_000, 300, 60_000, 50_000_000, 11_000, false);
    try (PromServer server = start(directory, RunningQueryLimits.none(), hasty)) {
      assertThat(PromServer.error(begin(server).get()))
          .isEqualTo("503 timeout: query timed out in expression evaluation");
      HttpResponse<String> asked =
          server.post(
              "/api/v1/query_range",
              "query",
              ENDLESS,
              "start",
              "0",
              "end",
              "10999",
              "step",
              "1",
              "timeout",
              "1ms");
      assertThat(PromServer.error(asked)).startsWith("503 timeout: query timed out in ");
    }
  }

  @Test
  void countsForTheLimitsOfAllQueries(@TempDir Path directory) throws Exception {
    RunningQueryLimits one = new RunningQueryLimits(1, 0, 0);
    try (PromServer server = start(directory, one, SETTINGS)) {
      try (RawClient client = beginRaw(server)) {
        assertThat(client.socket.isConnected()).isTrue();
        awaitRunning(server, 1);
        HttpResponse<String> another = server.get("/api/v1/query", "query", "1");
        assertThat(PromServer.error(another))
            .isEqualTo("503 unavailable: max-concurrent-queries limit exceeded(1, 1)");
        assertThat(another.headers().firstValue("Retry-After")).hasValue("1");
      }
      awaitRunning(server, 0);
      assertThat(server.query("1", "4")).isEqualTo("[4,\"1\"]");
    }
    RunningQueryLimits brief = new RunningQueryLimits(0, 50_000_000, 0);
    try (PromServer server = start(directory.resolve("brief"), brief, SETTINGS)) {
      assertThat(PromServer.error(begin(server).get()))
          .isEqualTo("503 timeout: query-timeout limit exceeded");
    }
  }

  @Test
  void refusesWhatNeedsTooManySamples(@TempDir Path directory) throws Exception {
    PromSettings small =
        new PromSettings("prometheus", 300_000, 120_000, 60_000, 10_000, 11_000, false);
    try (PromServer server = start(directory, RunningQueryLimits.none(), small)) {
      assertThat(server.error("query_range", "query", "m", "start", "0", "end", "999", "step", "1"))
          .isEqualTo(
              "422 execution: query processing would load too many samples into memory in query"
                  + " execution");
      assertThat(server.data("query", "query", "count(m)", "time", "100").toString())
          .contains("\"500\"");
    }
  }

  @Test
  void knowsExperimentalFunctionsOnlyIfTold(@TempDir Path directory) throws Exception {
    String text = "mad_over_time(m[1h])";
    try (PromServer server = start(directory, RunningQueryLimits.none(), SETTINGS)) {
      assertThat(server.error("query", "query", text)).startsWith("400 bad_data:");
    }
    PromSettings bold =
        new PromSettings("metrics", 300_000, 120_000, 60_000, 50_000_000, 11_000, true);
    try (PromServer server = start(directory.resolve("b"), RunningQueryLimits.none(), bold)) {
      assertThat(server.data("query", "query", text, "time", "3600").get("result")).hasSize(500);
      assertThat(server.data("label/db/values").toString()).isEqualTo("[\"prometheus\"]");
    }
  }
}
