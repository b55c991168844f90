package io.varve.server.clients;

import static io.varve.server.clients.LiveServer.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Grafana's Prometheus source sends, call by call, and what it needs to find in answers. */
class GrafanaPrometheusTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long START = 1_700_000_000L;
  private static final String RANGE = "start=1699999980&end=1700003580";

  private LiveServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = new LiveServer(directory);
    server.query("", "CREATE DATABASE prometheus");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 240; i++) {
      long millis = (START + i * 15L) * 1000 + 123;
      for (String host : List.of("a", "b")) {
        String tags = ",instance=" + host + ":9100,job=node value=";
        lines.append("node_load1").append(tags).append(i % 10).append(".25 ").append(millis);
        lines.append("\nrequests_total").append(tags).append(i * 30).append(' ').append(millis);
        lines.append('\n');
      }
    }
    assertThat(server.write("db=prometheus&precision=ms", lines.toString()).statusCode())
        .isEqualTo(204);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static JsonNode data(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode json = JSON.readTree(answer.body());
    assertThat(json.get("status").asString()).isEqualTo("success");
    return json.get("data");
  }

  private JsonNode get(String path) throws Exception {
    return data(server.get("/api/v1/" + path));
  }

  /** As a POST, and as the GET that Grafana falls back to; both have to say the same. */
  private JsonNode ask(String path, String form) throws Exception {
    JsonNode byPost = data(server.postForm("/api/v1/" + path, form));
    assertThat(get(path + "?" + form)).isEqualTo(byPost);
    return byPost;
  }

  private static List<String> strings(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asString()));
    return texts;
  }

  @Test
  void savesAndTests() throws Exception {
    assertThat(ask("query", "query=1%2B1&time=4").toString())
        .isEqualTo("{\"resultType\":\"scalar\",\"result\":[4,\"2\"]}");
    JsonNode build = get("status/buildinfo");
    assertThat(build.get("version").asString()).matches("3\\.\\d+\\.\\d+");
    assertThat(build.has("features")).isFalse();
  }

  @Test
  void loadsWhatTheEditorOffers() throws Exception {
    assertThat(strings(get("label/__name__/values?" + RANGE + "&limit=40000")))
        .containsExactly("node_load1", "requests_total");
    assertThat(strings(ask("labels", RANGE + "&limit=40000")))
        .containsExactly("__name__", "instance", "job");
    assertThat(get("metadata?limit=40000")).isEmpty();
    assertThat(get("rules").get("groups")).isEmpty();
    assertThat(ask("query_exemplars", "query=test&start=1700000000000&end=1700003600000"))
        .isEmpty();
  }

  @Test
  void completesInTheEditor() throws Exception {
    String selector = encode("{__name__=\"node_load1\"}");
    assertThat(strings(ask("labels", "match[]=" + selector + "&" + RANGE)))
        .containsExactly("__name__", "instance", "job");
    assertThat(strings(get("label/instance/values?match[]=" + selector + "&" + RANGE)))
        .containsExactly("a:9100", "b:9100");
    assertThat(ask("series", "match[]=" + encode("{__name__!=\"\"}") + "&limit=40000&" + RANGE))
        .hasSize(4);
    assertThat(
            strings(
                get(
                    "label/__name__/values?limit=40000&match[]="
                        + encode("{__name__=~\".*LOAD.*|(?i).*load.*\"}"))))
        .containsExactly("node_load1");
  }

  @Test
  void fillsVariables() throws Exception {
    assertThat(strings(get("label/job/values?" + RANGE))).containsExactly("node");
    assertThat(strings(get("label/instance/values?match[]=requests_total&" + RANGE))).hasSize(2);
    JsonNode result =
        ask("query", "query=" + encode("count(node_load1) by (job)") + "&time=1700000060");
    assertThat(result.at("/result/0/metric/job").asString()).isEqualTo("node");
    assertThat(result.at("/result/0/value/1").asString()).isEqualTo("2");
    assertThat(ask("series", "match[]=" + encode("node_load1{instance=~\"a.*\"}") + "&" + RANGE))
        .hasSize(1);
  }

  @Test
  void drawsAPanel() throws Exception {
    JsonNode panel =
        ask(
            "query_range",
            "query="
                + encode("sum by(instance) (rate(requests_total{job=~\"node|none\"}[1m0s]))")
                + "&start=1699999980&end=1700003580.000&step=15");
    assertThat(panel.get("resultType").asString()).isEqualTo("matrix");
    assertThat(panel.get("result")).hasSize(2);
    assertThat(panel.at("/result/0/metric").toString()).isEqualTo("{\"instance\":\"a:9100\"}");
    JsonNode values = panel.at("/result/0/values");
    assertThat(values.get(0).get(0).asLong()).isEqualTo(1_700_000_025L);
    assertThat(values.get(values.size() - 1).get(0).asLong()).isEqualTo(1_700_003_580L);
    assertThat(values.get(values.size() - 1).get(1).asString())
        .satisfies(text -> assertThat(Double.parseDouble(text)).isCloseTo(2, within(1e-9)));
  }

  @Test
  void drawsShortStepsExemplarsAndInstants() throws Exception {
    JsonNode fine =
        ask(
            "query_range",
            "query=node_load1&start=1700000000.5&end=1700000003&step=0.5&timeout=30s");
    assertThat(fine.at("/result/0/values")).hasSize(6);
    assertThat(fine.at("/result/0/values/0").toString()).startsWith("[1.7000000005E9,\"0.25\"]");
    assertThat(ask("query_exemplars", "query=node_load1&start=1700000000&end=1700003600.123"))
        .isEmpty();
    JsonNode table = ask("query", "query=node_load1&time=1700000061.123");
    assertThat(table.at("/result/0/value/1").asString()).isEqualTo("4.25");
  }

  @Test
  void showsErrorsInWords() throws Exception {
    HttpResponse<String> answer =
        server.postForm("/api/v1/query_range", "query=sum(&start=1&end=2&step=1");
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = JSON.readTree(answer.body());
    assertThat(error.get("errorType").asString()).isEqualTo("bad_data");
    assertThat(error.get("error").asString()).contains("parse error: unclosed left parenthesis");
  }

  @Test
  void drawsMetricsOfTelegrafBesideThem() throws Exception {
    server.query("", "CREATE DATABASE telegraf");
    String line = "cpu,host=a usage_idle=98.5 1700000000000";
    assertThat(server.write("db=telegraf&precision=ms", line).statusCode()).isEqualTo(204);
    assertThat(strings(get("label/__name__/values?" + RANGE))).contains("cpu_usage_idle");
    JsonNode result =
        ask("query", "query=" + encode("cpu_usage_idle{db=\"telegraf\"}") + "&time=1700000000");
    assertThat(result.at("/result/0/value/1").asString()).isEqualTo("98.5");
  }
}
