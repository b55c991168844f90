package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Prometheus' HTTP API over real sockets: answers, errors, parameters and limits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromApiTest {
  private static final long START = 1_700_000_000;

  private PromServer server;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    server = new PromServer(directory);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      for (String host : List.of("a", "b", "c")) {
        lines.append("up,host=").append(host).append(" value=").append(i).append(".5 ");
        lines.append((START + i * 15L) * 1000).append('\n');
      }
    }
    server.write("prometheus", lines.toString());
    server.remoteWriteMetadata("up", 2, "Whether it is \"up\".", "");
    server.remoteWriteMetadata("ticks_total", 1, "Ticks.", "ticks");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void answersInstantQueries() throws Exception {
    assertThat(server.data("query", "query", "up{host='a'}", "time", "1700000031.25").toString())
        .isEqualTo(
            "{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"up\","
                + "\"host\":\"a\"},\"value\":[1700000031.25,\"2.5\"]}]}");
    assertThat(server.data("query", "query", "1/0", "time", "4").toString())
        .isEqualTo("{\"resultType\":\"scalar\",\"result\":[4,\"+Inf\"]}");
    assertThat(server.data("query", "query", "'x\"y'", "time", "4.5").toString())
        .isEqualTo("{\"resultType\":\"string\",\"result\":[4.5,\"x\\\"y\"]}");
    assertThat(server.data("query", "query", "up{host='a'}[30s]", "time", "1700000030").toString())
        .isEqualTo(
            "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"up\","
                + "\"host\":\"a\"},\"values\":[[1700000015,\"1.5\"],[1700000030,\"2.5\"]]}]}");
    assertThat(server.data("query", "query", "nothing", "time", "4").toString())
        .isEqualTo("{\"resultType\":\"vector\",\"result\":[]}");
  }

  @Test
  void answersRangeQueries() throws Exception {
    JsonNode data =
        server.data(
            "query_range",
            "query",
            "sum(up)",
            "start",
            "2023-11-14T22:13:20Z",
            "end",
            "1700000031",
            "step",
            "15s");
    assertThat(data.toString())
        .isEqualTo(
            "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":"
                + "[[1700000000,\"1.5\"],[1700000015,\"4.5\"],[1700000030,\"7.5\"]]}]}");
    assertThat(
            server
                .data("query_range", "query", "1", "start", "0", "end", "1", "step", "0.5")
                .get("result")
                .toString())
        .isEqualTo("[{\"metric\":{},\"values\":[[0,\"1\"],[0.5,\"1\"],[1,\"1\"]]}]");
  }

  @Test
  void mergesTheFormWithTheUrl() throws Exception {
    HttpResponse<String> answer = server.post("/api/v1/query?query=1&time=7", "query", "2");
    assertThat(answer.body()).contains("\"result\":[7,\"2\"]");
    HttpResponse<String> both =
        server.post("/api/v1/series?match[]=up%7Bhost=%22a%22%7D", "match[]", "up{host=\"b\"}");
    assertThat(both.body()).contains("\"host\":\"a\"").contains("\"host\":\"b\"");
    for (String path : List.of("query_range", "labels", "format_query", "query_exemplars")) {
      assertThat(
              server
                  .post("/api/v1/" + path, "query", "up", "start", "1", "end", "2", "step", "1")
                  .statusCode())
          .as(path)
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "query|query=sum(|400 bad_data: invalid parameter \"query\": 1:5: parse error: unclosed"
            + " left parenthesis",
        "query|time=1|400 bad_data: invalid parameter \"query\": empty or missing",
        "query|query=1&time=NaN|400 bad_data: invalid parameter \"time\": cannot parse \"NaN\" to"
            + " a valid timestamp",
        "query|query=1&time=Inf|400 bad_data: invalid parameter \"time\": cannot parse \"Inf\" to"
            + " a valid timestamp",
        "query|query=1&timeout=x|400 bad_data: invalid parameter \"timeout\": cannot parse \"x\""
            + " to a valid duration",
        "query|query=1&lookback_delta=1e30|400 bad_data: invalid parameter \"lookback_delta\":"
            + " cannot parse \"1e30\" to a valid duration. It overflows int64",
        "query|query=1&limit=-1|400 bad_data: invalid parameter \"limit\": limit must be"
            + " non-negative",
        "query|query=1&timeout=0|503 timeout: query timed out in query queue",
        "query|query=1&timeout=-1e9|503 timeout: query timed out in query queue",
        "query|query={}|400 bad_data: invalid parameter \"query\": 1:1: parse error: vector"
            + " selector must contain at least one non-empty matcher",
        "query|query=up%2Bon(x)up&time=1700000000|422 execution: found duplicate series for the match group {} on"
            + " the right hand-side of the operation:",
        "query|query=label_replace(up,'a','b','c','(')|422 execution: invalid regular expression"
            + " in label_replace(): (",
        "query_range|query=1&end=1&step=1|400 bad_data: invalid parameter \"start\": cannot parse"
            + " \"\" to a valid timestamp",
        "query_range|query=1&start=1&end=2|400 bad_data: invalid parameter \"step\": cannot parse"
            + " \"\" to a valid duration",
        "query_range|query=1&start=2&end=1&step=1|400 bad_data: invalid parameter \"end\": end"
            + " timestamp must not be before start time",
        "query_range|query=1&start=1&end=2&step=0|400 bad_data: invalid parameter \"step\": zero or"
            + " negative query resolution step widths are not accepted.",
        "query_range|query=1&start=0&end=11001&step=1|400 bad_data: exceeded maximum resolution of"
            + " 11,000 points per timeseries.",
        "query_range|query=1&start=-1e300&end=1e300&step=1|400 bad_data: invalid parameter \"end\":"
            + " time out of range",
        "query|query=1&time=-1e300|400 bad_data: invalid parameter \"time\": time out of range",
        "query_range|query=up[1m]&start=1&end=2&step=1|400 bad_data: invalid parameter \"query\":"
            + " invalid expression type \"range vector\" for range query",
        "series|start=1|400 bad_data: no match[] parameter provided",
        "series|match[]={}|400 bad_data: invalid parameter \"match[]\":",
        "labels|match[]=up{|400 bad_data: invalid parameter \"match[]\": 1:4: parse error:",
        "labels|start=soon|400 bad_data: invalid parameter \"start\": cannot parse \"soon\" to a"
            + " valid timestamp",
        "label/host/values|end=2020-02-30T00:00:00Z|400 bad_data: invalid parameter \"end\"",
        "metadata|limit=x|400 bad_data: limit must be a number",
        "metadata|limit_per_metric=x|400 bad_data: limit_per_metric must be a number",
        "format_query|query=1%2B|400 bad_data: invalid parameter \"query\": 1:3: parse error:",
        "parse_query|x=1|400 bad_data: invalid parameter \"query\": empty or missing",
        "query_exemplars|query=up&start=2&end=1|400 bad_data: invalid parameter \"end\"",
      })
  void saysWhatIsWrong(String path, String form, String error) throws Exception {
    String body = form.replace("{", "%7B").replace("}", "%7D");
    HttpResponse<String> byGet =
        server.send(
            HttpRequest.newBuilder(
                    server.uri(
                        "/api/v1/" + path + "?" + body.replace("[", "%5B").replace("]", "%5D")))
                .GET());
    assertThat(PromServer.error(byGet)).startsWith(error);
  }

  @Test
  void answersAtTheEndsOfTime() throws Exception {
    for (String time : List.of("2305843009213693", "-2305843009213693", "-62135596801", "1e-300")) {
      assertThat(server.query("up[1h] offset 292y", time)).isEqualTo("[]");
      assertThat(server.query("up offset -292y", time)).isEqualTo("[]");
    }
    String[] forEver = {"match[]", "up", "start", "-1e99", "end", "99999999999999999999"};
    assertThat(server.data("series", forEver)).hasSize(3);
    assertThat(
            server.data(
                "query_exemplars",
                "query",
                "test",
                "start",
                "1763700000000",
                "end",
                "1763800000000"))
        .isEmpty();
    assertThat(server.data("labels", "start", "2", "end", "1")).isEmpty();
  }

  @Test
  void survivesTextsMadeToHurt() throws Exception {
    String deep = "(".repeat(100_000) + "1" + ")".repeat(100_000);
    assertThat(PromServer.error(server.post("/api/v1/query", "query", deep)))
        .startsWith("400 bad_data: invalid parameter \"query\":");
    String minuses = "-".repeat(100_000) + "1";
    assertThat(PromServer.error(server.post("/api/v1/query", "query", minuses)))
        .startsWith("400 bad_data:");
    for (String bomb : List.of("a{1001}", "((a{100}){100}){100}", "(?=a)b", "(a)\\\\1")) {
      assertThat(server.error("query", "query", "up{host=~\"" + bomb + "\"}"))
          .as(bomb)
          .startsWith("400 bad_data:");
      assertThat(server.error("series", "match[]", "up{host=~\"" + bomb + "\"}"))
          .as(bomb)
          .startsWith("400 bad_data:");
    }
    assertThat(server.query("up{host=~\"(a*)*b\"}", Long.toString(START))).contains("\"b\"");
  }

  @Test
  void limitsWhatItLists() throws Exception {
    String warning = "[\"results truncated due to limit\"]";
    String time = Long.toString(START);
    for (String[] call :
        new String[][] {
          {"query", "query", "up", "time", time},
          {"query_range", "query", "up", "start", time, "end", time, "step", "1"},
          {"series", "match[]", "up"},
          {"label/host/values"},
          {"label/host/values", "match[]", "up"},
        }) {
      assertThat(items(call, "2").get("warnings")).hasToString(warning);
      assertThat(result(items(call, "2"))).hasSize(2);
      for (String enough : List.of("3", "0", "40000", "99999999999")) {
        assertThat(items(call, enough).has("warnings")).as(enough).isFalse();
        assertThat(result(items(call, enough))).hasSize(3);
      }
    }
    assertThat(server.answer("labels", "limit", "1").toString())
        .isEqualTo("{\"status\":\"success\",\"data\":[\"__name__\"],\"warnings\":" + warning + "}");
  }

  private JsonNode items(String[] call, String limit) throws Exception {
    String[] parameters = new String[call.length + 1];
    System.arraycopy(call, 1, parameters, 0, call.length - 1);
    parameters[call.length - 1] = "limit";
    parameters[call.length] = limit;
    return server.answer(call[0], parameters);
  }

  private static JsonNode result(JsonNode answer) {
    JsonNode data = answer.get("data");
    return data.has("result") ? data.get("result") : data;
  }

  @Test
  void listsSeriesLabelsAndValues() throws Exception {
    assertThat(server.data("series", "match[]", "up{host!=\"b\"}").toString())
        .isEqualTo("[{\"__name__\":\"up\",\"host\":\"a\"},{\"__name__\":\"up\",\"host\":\"c\"}]");
    assertThat(server.data("series", "match[]", "{__name__!=\"\"}")).hasSize(3);
    assertThat(server.data("labels").toString()).isEqualTo("[\"__name__\",\"host\"]");
    assertThat(server.data("labels", "match[]", "{host=\"a\"}")).hasSize(2);
    assertThat(server.data("label/host/values").toString()).isEqualTo("[\"a\",\"b\",\"c\"]");
    assertThat(
            server
                .data("label/host/values", "match[]", "up{host=\"a\"}", "match[]", "{host=\"c\"}")
                .toString())
        .isEqualTo("[\"a\",\"c\"]");
    assertThat(server.data("label/__name__/values").toString()).isEqualTo("[\"up\"]");
    assertThat(server.data("label/U__host/values")).hasSize(3);
    assertThat(server.data("label/no-such/values")).isEmpty();
  }

  @Test
  void leavesOutWhatIsYearsAway() throws Exception {
    String[] range = {"start", "1400000000", "end", "1500000000"};
    assertThat(server.data("labels", range)).isEmpty();
    assertThat(server.data("label/host/values", range)).isEmpty();
    assertThat(server.data("label/__name__/values", range)).isEmpty();
  }

  @Test
  void looksBackAsFarAsItIsAskedTo() throws Exception {
    String after = Long.toString(START + 60 * 15 + 600);
    assertThat(server.data("query", "query", "up", "time", after).get("result")).isEmpty();
    assertThat(
            server
                .data("query", "query", "up", "time", after, "lookback_delta", "1h")
                .get("result"))
        .hasSize(3);
    assertThat(
            server
                .data("query", "query", "up", "time", after, "lookback_delta", "700")
                .get("result"))
        .hasSize(3);
    assertThat(
            server
                .data("query", "query", "up", "time", after, "lookback_delta", "-1")
                .get("result"))
        .isEmpty();
  }

  @Test
  void tellsStatisticsIfAsked() throws Exception {
    String time = Long.toString(START + 30);
    JsonNode stats =
        server.data("query", "query", "up[1m]", "time", time, "stats", "all").get("stats");
    assertThat(stats.at("/samples/totalQueryableSamples").asLong()).isEqualTo(9);
    assertThat(stats.at("/timings/evalTotalTime").asDouble()).isPositive();
    assertThat(stats.at("/timings/execTotalTime").asDouble())
        .isGreaterThanOrEqualTo(stats.at("/timings/execQueueTime").asDouble());
    assertThat(server.data("query", "query", "1").has("stats")).isFalse();
  }

  @Test
  void formatsAndParsesQueries() throws Exception {
    assertThat(server.data("format_query", "query", "foo/bar").asString()).isEqualTo("foo / bar");
    JsonNode tree = server.data("parse_query", "query", "-up{host=~\"a\"} @ 1.5");
    assertThat(tree.toString())
        .isEqualTo(
            "{\"type\":\"unaryExpr\",\"op\":\"-\",\"expr\":{\"type\":\"vectorSelector\","
                + "\"name\":\"up\",\"matchers\":[{\"name\":\"host\",\"value\":\"a\",\"type\":\"=~\"},"
                + "{\"name\":\"__name__\",\"value\":\"up\",\"type\":\"=\"}],\"offset\":0,"
                + "\"timestamp\":1500,\"startOrEnd\":null,\"anchored\":false,\"smoothed\":false}}");
  }

  @Test
  void remembersWhatSendersSaidAboutMetrics(@TempDir Path other) throws Exception {
    try (PromServer first = new PromServer(other)) {
      first.remoteWrite(Map.of("__name__", "up"), 1_000, 1);
      first.remoteWriteMetadata("up", 2, "Is it \u00fcp?", "");
      first.remoteWriteMetadata("up", 2, "Is it up?", "");
      for (int i = 0; i < 300; i++) {
        first.remoteWriteMetadata("m" + i + "_total", 1, "h".repeat(i), "bytes");
      }
    }
    try (PromServer second = new PromServer(other)) {
      assertThat(second.data("metadata")).hasSize(301);
      assertThat(second.data("metadata", "metric", "up").toString())
          .isEqualTo("{\"up\":[{\"type\":\"gauge\",\"help\":\"Is it up?\",\"unit\":\"\"}]}");
      second.remoteWriteMetadata("m1_total", 2, "new", "");
    }
    try (PromServer third = new PromServer(other)) {
      assertThat(third.data("metadata", "metric", "m1_total").at("/m1_total/0/help").asString())
          .isEqualTo("new");
      assertThat(third.data("metadata", "metric", "m2_total").at("/m2_total/0/type").asString())
          .isEqualTo("counter");
    }
  }

  @Test
  void tellsWhatSendersSaidAboutMetrics() throws Exception {
    assertThat(server.data("metadata", "metric", "up").toString())
        .isEqualTo(
            "{\"up\":[{\"type\":\"gauge\",\"help\":\"Whether it is \\\"up\\\".\","
                + "\"unit\":\"\"}]}");
    assertThat(server.data("metadata")).hasSize(2);
    assertThat(server.data("metadata", "limit", "1", "limit_per_metric", "1")).hasSize(1);
    assertThat(server.data("metadata", "limit", "0")).isEmpty();
    assertThat(server.data("metadata", "limit", "-1").at("/ticks_total/0/unit").asString())
        .isEqualTo("ticks");
    assertThat(server.data("metadata", "metric", "no")).isEmpty();
  }

  @Test
  void tellsAboutItself() throws Exception {
    JsonNode build = server.data("status/buildinfo");
    assertThat(build.get("version").asString()).startsWith("3.");
    assertThat(build.has("features")).isFalse();
    assertThat(build).allMatch(JsonNode::isString);
    assertThat(server.data("status/runtimeinfo").get("reloadConfigSuccess").asBoolean()).isTrue();
    assertThat(server.data("status/flags").get("query.lookback-delta").asString()).isEqualTo("5m");
    assertThat(server.data("status/config").toString()).isEqualTo("{\"yaml\":\"\"}");
    assertThat(server.data("status/tsdb").toString())
        .isEqualTo(
            "{\"headStats\":{\"numSeries\":3,\"numLabelPairs\":4},\"seriesCountByMetricName\":"
                + "[{\"name\":\"up\",\"value\":3}],\"labelValueCountByLabelName\":"
                + "[{\"name\":\"host\",\"value\":3},{\"name\":\"__name__\",\"value\":1}],"
                + "\"memoryInBytesByLabelName\":[],\"seriesCountByLabelValuePair\":[]}");
  }

  @Test
  void hasNoRulesAlertsTargetsOrExemplars() throws Exception {
    Map<String, String> empty =
        Map.of(
            "rules", "{\"groups\":[]}",
            "alerts", "{\"alerts\":[]}",
            "scrape_pools", "{\"scrapePools\":[]}",
            "targets/metadata", "[]");
    for (Map.Entry<String, String> each : empty.entrySet()) {
      assertThat(server.data(each.getKey())).hasToString(each.getValue());
    }
    assertThat(server.data("targets").get("activeTargets")).isEmpty();
    assertThat(server.data("alertmanagers").get("droppedAlertmanagers")).isEmpty();
    assertThat(server.data("query_exemplars", "query", "up")).isEmpty();
  }

  @Test
  void federates() throws Exception {
    server.write(
        "prometheus",
        "live\\ one:x,instance=i,1st=q\"\\x value=1e21 "
            + System.currentTimeMillis()
            + "\nlive\\ one:x value=-5e-324 1000\n");
    HttpResponse<String> answer = server.get("/federate", "match[]", "{instance=\"i\"}");
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body())
        .matches(
            """
            # TYPE live_one:x untyped
            live_one:x\\{_1st="q\\\\"\\\\\\\\x",instance="i"} 1e\\+21 [0-9]{13}
            """);
    String[] allOfUp = {"match[]", "up", "match[]", "up", "lookback_delta", "30y"};
    assertThat(server.get("/federate", allOfUp).body())
        .isEqualTo(
            """
            # TYPE up untyped
            up{host="a",instance=""} 59.5 1700000885000
            up{host="b",instance=""} 59.5 1700000885000
            up{host="c",instance=""} 59.5 1700000885000
            """);
    HttpResponse<String> none = server.get("/federate", "x", "y");
    assertThat(none.statusCode()).isEqualTo(400);
    assertThat(none.body()).isEqualTo("no match[] parameter provided\n");
    server.influxQl("prometheus", "DROP MEASUREMENT \"live one:x\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/-/healthy", "/-/ready"})
  void isHealthyAndReady(String path) throws Exception {
    assertThat(server.get(path).statusCode()).isEqualTo(200);
    HttpResponse<String> head =
        server.send(
            HttpRequest.newBuilder(server.uri(path)).method("HEAD", BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void refusesOtherMethodsAndPaths() throws Exception {
    HttpResponse<String> put =
        server.send(
            HttpRequest.newBuilder(server.uri("/api/v1/query")).PUT(BodyPublishers.noBody()));
    assertThat(put.statusCode()).isEqualTo(405);
    assertThat(put.headers().firstValue("Allow")).hasValue("GET, OPTIONS, POST");
    HttpResponse<String> post = server.post("/api/v1/label/host/values");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).hasValue("GET, OPTIONS");
    for (String path :
        List.of("/api/v1/", "/api/v1/no", "/api/v1/label//values", "/api/v1/label/values")) {
      assertThat(server.get(path).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void letsPagesFromElsewhereAsk() throws Exception {
    HttpResponse<String> before =
        server.send(
            HttpRequest.newBuilder(server.uri("/api/v1/query_range"))
                .method("OPTIONS", BodyPublishers.noBody()),
            "Origin",
            "http://dashboards.example");
    assertThat(before.statusCode()).isEqualTo(200);
    assertThat(before.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("http://dashboards.example");
    assertThat(before.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
        .contains("POST");
    HttpResponse<String> then =
        server.send(
            HttpRequest.newBuilder(server.uri("/api/v1/labels")).GET(), "Origin", "http://x");
    assertThat(then.headers().firstValue("Access-Control-Allow-Origin")).hasValue("http://x");
  }

  @Test
  void compressesLongAnswers() throws Exception {
    String form =
        PromServer.form("query", "up", "start", "1700000000", "end", "1700000800", "step", "1");
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/api/v1/query_range?" + form))
            .header("Accept-Encoding", "gzip")
            .build();
    HttpResponse<byte[]> answer = server.client.send(request, BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes();
    assertThat(new String(plain, StandardCharsets.UTF_8))
        .isEqualTo(server.send(HttpRequest.newBuilder(request.uri()).GET()).body());
  }
}
