package io.varve.server.clients;

import static io.varve.server.clients.LiveServer.encode;
import static io.varve.server.clients.LiveServer.result;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What Grafana's InfluxDB source sends, text by text, and what it needs to find in the answers. */
class GrafanaTest {
  private static final long START_MILLIS = 1_700_000_000_000L;

  private LiveServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = new LiveServer(directory);
    server.query("", "CREATE DATABASE telegraf");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 360; i++) {
      for (String host : new String[] {"a", "b"}) {
        lines.append("cpu,host=").append(host).append(",region=eu usage=").append(i).append(".5 ");
        lines.append(START_MILLIS + i * 10_000L).append('\n');
      }
    }
    lines.append("mem,host=a used=5i ").append(START_MILLIS).append('\n');
    assertThat(server.write("db=telegraf&precision=ms", lines.toString()).statusCode())
        .isEqualTo(204);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private JsonNode ask(String text) throws Exception {
    JsonNode byGet = result(server.get("/query?db=telegraf&epoch=ms&q=" + encode(text)));
    JsonNode byPost = result(server.postForm("/query?db=telegraf&epoch=ms", "q=" + encode(text)));
    assertThat(byPost).isEqualTo(byGet);
    assertThat(byGet.has("error")).as(byGet.toString()).isFalse();
    return byGet;
  }

  @Test
  void savesAndTests() throws Exception {
    assertThat(ask("SHOW measurements").at("/series/0/values").toString())
        .isEqualTo("[[\"cpu\"],[\"mem\"]]");
  }

  @Test
  void loadsPolicies() throws Exception {
    JsonNode policies = ask("SHOW RETENTION POLICIES on \"telegraf\"");
    assertThat(policies.at("/series/0/columns/0").asString()).isEqualTo("name");
    assertThat(policies.at("/series/0/values/0/0").asString()).isEqualTo("autogen");
  }

  @Test
  void drawsAPanel() throws Exception {
    JsonNode panel =
        ask(
            "SELECT mean(\"usage\") FROM \"cpu\" WHERE (\"host\"::tag =~ /^(a|b)$/ AND \"region\" ="
                + " 'eu') AND time >= 1700000000000ms and time <= 1700003600000ms"
                + " GROUP BY time(1m), \"host\"::tag fill(null) ORDER BY time ASC");
    assertThat(panel.at("/series")).hasSize(2);
    assertThat(panel.at("/series/1/tags/host").asString()).isEqualTo("b");
    assertThat(panel.at("/series/0/columns").toString()).isEqualTo("[\"time\",\"mean\"]");
    assertThat(panel.at("/series/0/values/0/0").asLong()).isEqualTo(1_699_999_980_000L);
    assertThat(panel.at("/series/0/values/1/1").asDouble()).isEqualTo(7.0);
  }

  @Test
  void drawsWithTimeZonesLimitsAndRegexMeasurements() throws Exception {
    JsonNode panel =
        ask(
            "SELECT max(\"usage\") AS \"m\" FROM \"autogen\".\"cpu\" WHERE time >= 1700000000000ms"
                + " and time <= 1700003600000ms GROUP BY time(10m), \"host\" fill(none)"
                + " limit 2 slimit 1 tz('Europe/Berlin')");
    assertThat(panel.at("/series")).hasSize(1);
    assertThat(panel.at("/series/0/values")).hasSize(2);
    JsonNode regex =
        ask(
            "SELECT last(\"usage\") FROM /^cpu$/ WHERE time >= 1700000000000ms and time <="
                + " 1700003600000ms");
    assertThat(regex.at("/series/0/values/0/1").asDouble()).isEqualTo(359.5);
  }

  @Test
  void completesInTheEditor() throws Exception {
    assertThat(ask("SHOW MEASUREMENTS WITH MEASUREMENT =~ /(?i)CP/ LIMIT 100").toString())
        .contains("[[\"cpu\"]]");
    assertThat(ask("SHOW FIELD KEYS FROM \"autogen\".\"cpu\"").at("/series/0/values").toString())
        .isEqualTo("[[\"usage\",\"float\"]]");
    assertThat(ask("SHOW TAG KEYS FROM \"cpu\"").at("/series/0/values").toString())
        .isEqualTo("[[\"host\"],[\"region\"]]");
    assertThat(
            ask("SHOW TAG VALUES FROM \"cpu\" WITH KEY = \"host\" WHERE \"region\" = 'eu'")
                .at("/series/0/values")
                .toString())
        .isEqualTo("[[\"host\",\"a\"],[\"host\",\"b\"]]");
  }

  @Test
  void offersAdHocFiltersOverTheWholeDatabase() throws Exception {
    assertThat(ask("SHOW TAG KEYS").at("/series")).hasSize(2);
    assertThat(ask("SHOW TAG VALUES WITH KEY = \"host\"").at("/series")).hasSize(2);
  }

  @Test
  void fillsVariables() throws Exception {
    assertThat(
            ask("SHOW TAG VALUES FROM \"cpu\" WITH KEY = \"host\" WHERE time > now() - 1h")
                .has("series"))
        .isFalse();
    assertThat(
            ask("SHOW TAG VALUES ON \"telegraf\" WITH KEY IN (\"host\", \"region\")"
                    + " WHERE \"host\" =~ /^(a|b)$/")
                .at("/series/0/values")
                .toString())
        .isEqualTo("[[\"host\",\"a\"],[\"host\",\"b\"],[\"region\",\"eu\"]]");
    assertThat(
            ask("SELECT DISTINCT(\"host\") FROM (SELECT \"usage\", \"host\" FROM \"cpu\""
                    + " WHERE time >= 1700000000000ms and time <= 1700000060000ms)")
                .at("/series/0/values")
                .toString())
        .isEqualTo("[[0,\"a\"],[0,\"b\"]]");
  }

  @Test
  void showsAnnotations() throws Exception {
    String lines =
        "events,kind=deploy title=\"v2\",text=\"a <b>new</b> version\",tags=\"prod,web\" "
            + (START_MILLIS + 60_000);
    assertThat(server.write("db=telegraf&precision=ms", lines).statusCode()).isEqualTo(204);
    assertThat(
            ask("SELECT title, text, tags FROM events WHERE time >= 1700000000000ms and time <="
                    + " 1700003600000ms AND \"kind\" = 'deploy' LIMIT 1000")
                .at("/series/0/values")
                .toString())
        .isEqualTo("[[1700000060000,\"v2\",\"a <b>new</b> version\",\"prod,web\"]]");
  }

  @Test
  void drawsStackedMathematicsOfSeveralFields() throws Exception {
    JsonNode panel =
        ask(
            "SELECT non_negative_derivative(mean(\"usage\"), 1s) * 8 AS \"rate\","
                + " moving_average(mean(\"usage\"), 5) FROM \"cpu\" WHERE time >="
                + " 1700000000000ms and time <= 1700000300000ms GROUP BY time(10s), \"host\""
                + " fill(previous)");
    assertThat(panel.at("/series")).hasSize(2);
    assertThat(panel.at("/series/0/columns").toString())
        .isEqualTo("[\"time\",\"rate\",\"moving_average\"]");
    assertThat(panel.at("/series/0/values/5/1").asDouble()).isEqualTo(0.8);
  }

  @Test
  void showsErrorsOfStatementsAndOfRequests() throws Exception {
    JsonNode statement =
        result(
            server.get("/query?db=telegraf&epoch=ms&q=" + encode("SELECT nope(usage) FROM cpu")));
    assertThat(statement.get("error").asString()).isEqualTo("undefined function nope()");
    var request = server.get("/query?db=telegraf&epoch=ms&q=" + encode("SELECT FROM cpu"));
    assertThat(request.statusCode()).isEqualTo(400);
    assertThat(request.body()).startsWith("{\"error\":\"error parsing query: found FROM");
  }
}
