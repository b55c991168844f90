package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Data that came in one way, seen from the other language. */
class PromModelTest {
  private static final long MILLIS = 1_700_000_000_000L;
  private static final String TIME = "1700000000";

  private PromServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = new PromServer(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The only value of an instant query. */
  private String value(String text) throws Exception {
    JsonNode result = server.data("query", "query", text, "time", TIME).get("result");
    assertThat(result).as(text).hasSize(1);
    return result.at("/0/value/1").asString();
  }

  @Test
  void showsFieldsAsMetricsOfTheirDatabase() throws Exception {
    server.write("telegraf", "cpu,host=a usage=1.5,value=7 " + MILLIS);
    assertThat(server.query("cpu_usage", TIME))
        .isEqualTo(
            "[{\"metric\":{\"__name__\":\"cpu_usage\",\"db\":\"telegraf\",\"host\":\"a\"},"
                + "\"value\":[1700000000,\"1.5\"]}]");
    assertThat(value("cpu")).isEqualTo("7");
    assertThat(server.query("cpu_value", TIME)).isEqualTo("[]");
    assertThat(server.data("label/__name__/values").toString())
        .isEqualTo("[\"cpu\",\"cpu_usage\"]");
    assertThat(server.data("labels").toString()).isEqualTo("[\"__name__\",\"db\",\"host\"]");
    assertThat(server.data("label/db/values").toString()).isEqualTo("[\"telegraf\"]");
    assertThat(server.data("series", "match[]", "{host=\"a\"}")).hasSize(2);
  }

  @Test
  void selectsByDatabase() throws Exception {
    server.write("one", "m value=1 " + MILLIS);
    server.write("two", "m value=2 " + MILLIS);
    server.write("prometheus", "m value=3 " + MILLIS);
    assertThat(value("m{db=\"one\"}")).isEqualTo("1");
    assertThat(value("m{db!=\"one\",db=~\".+\"}")).isEqualTo("2");
    assertThat(value("m{db=\"\"}")).isEqualTo("3");
    assertThat(value("sum(m)")).isEqualTo("6");
    assertThat(
            server.data("query", "query", "m", "time", TIME, "db", "two").get("result").toString())
        .isEqualTo("[{\"metric\":{\"__name__\":\"m\"},\"value\":[1700000000,\"2\"]}]");
    assertThat(server.data("query", "query", "m", "time", TIME, "db", "no").get("result"))
        .isEmpty();
  }

  @Test
  void letsATagGoBeforeTheLabelOfTheDatabase() throws Exception {
    server.write("one", "m,db=mine value=1 " + MILLIS + "\nm value=2 " + MILLIS);
    assertThat(value("m{db=\"mine\"}")).isEqualTo("1");
    assertThat(value("m{db=\"one\"}")).isEqualTo("2");
  }

  @Test
  void countsNumbersOfAllTypesAndLeavesStringsOut() throws Exception {
    server.write(
        "db", "m i=9007199254740993i,u=18446744073709551615u,t=true,f=false,s=\"x\" " + MILLIS);
    assertThat(value("m_i")).isEqualTo("9007199254740992");
    assertThat(value("m_u")).isEqualTo("18446744073709552000");
    assertThat(value("m_t")).isEqualTo("1");
    assertThat(value("m_f")).isEqualTo("0");
    assertThat(server.query("m_s", TIME)).isEqualTo("[]");
    assertThat(server.data("label/__name__/values")).hasSize(4);
    server.write("db", "onlyText s=\"x\" " + MILLIS);
    assertThat(server.data("series", "match[]", "{__name__=~\"onlyText.*\"}")).isEmpty();
  }

  @Test
  void findsOddNamesInQuotesAndByTheirPlainAlias() throws Exception {
    server.write("db", "disk.io,my-tag=x read\\ bytes=5 " + MILLIS);
    assertThat(value("{\"disk.io_read bytes\",\"my-tag\"=\"x\"}")).isEqualTo("5");
    assertThat(server.query("disk_io_read_bytes", TIME))
        .contains("\"__name__\":\"disk_io_read_bytes\"");
    assertThat(server.data("label/__name__/values").toString())
        .isEqualTo("[\"disk.io_read bytes\"]");
    assertThat(server.data("label/U__my_2d_tag/values").toString()).isEqualTo("[\"x\"]");
  }

  @Test
  void joinsFieldsThatShareAName() throws Exception {
    server.write("db", "a_b,x=1 c=1 " + MILLIS + "\na,x=2 b_c=2 " + MILLIS);
    assertThat(value("sum(a_b_c)")).isEqualTo("3");
    assertThat(server.data("series", "match[]", "a_b_c")).hasSize(2);
  }

  @Test
  void takesTheLastOfSeveralSamplesInAMillisecond() throws Exception {
    server.write("db", "m value=1 " + MILLIS);
    assertThat(
            server
                .send(
                    HttpRequest.newBuilder(server.uri("/write?db=db"))
                        .POST(BodyPublishers.ofString("m value=2 " + MILLIS + "999999")))
                .statusCode())
        .isEqualTo(204);
    assertThat(value("m")).isEqualTo("2");
    assertThat(value("count_over_time(m[1s])")).isEqualTo("1");
  }

  @Test
  void showsRemoteWrittenSamplesToInfluxQl() throws Exception {
    server.remoteWrite(Map.of("__name__", "up", "job", "node", "instance", "h:1"), MILLIS, 1);
    server.remoteWrite(Map.of("__name__", "up", "job", "node", "instance", "h:2"), MILLIS, 0.25);
    assertThat(server.query("up{instance=\"h:2\"}", TIME))
        .isEqualTo(
            "[{\"metric\":{\"__name__\":\"up\",\"instance\":\"h:2\",\"job\":\"node\"},"
                + "\"value\":[1700000000,\"0.25\"]}]");
    assertThat(server.influxQl("prometheus", "SELECT * FROM up"))
        .isEqualTo(
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"up\",\"columns\":"
                + "[\"time\",\"instance\",\"job\",\"value\"],\"values\":"
                + "[[1700000000000,\"h:1\",\"node\",1],[1700000000000,\"h:2\",\"node\",0.25]]}]}]}");
    assertThat(
            server.influxQl(
                "prometheus", "SELECT mean(value) FROM up WHERE instance = 'h:2' GROUP BY job"))
        .contains("\"tags\":{\"job\":\"node\"}")
        .contains("0.25");
  }

  @Test
  void forgetsWhatInfluxQlDrops() throws Exception {
    server.write("db", "m value=1 " + MILLIS + "\nn value=2 " + MILLIS);
    assertThat(server.data("label/__name__/values")).hasSize(2);
    server.influxQl("db", "DROP MEASUREMENT m");
    assertThat(server.data("label/__name__/values").toString()).isEqualTo("[\"n\"]");
    server.influxQl("db", "DROP DATABASE db");
    assertThat(server.data("label/__name__/values")).isEmpty();
    assertThat(server.query("n", TIME)).isEqualTo("[]");
  }

  @Test
  void warnsAndInforms() throws Exception {
    server.write("db", "h,le=1 value=5 " + MILLIS + "\nh,le=+Inf value=3 " + MILLIS);
    JsonNode warned = server.answer("query", "query", "quantile(2, h)", "time", TIME);
    assertThat(warned.get("warnings").toString())
        .isEqualTo("[\"PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)\"]");
    assertThat(warned.has("infos")).isFalse();
    assertThat(warned.at("/data/result/0/value/1").asString()).isEqualTo("+Inf");
    JsonNode informed = server.answer("query", "query", "histogram_quantile(0.5, h)", "time", TIME);
    assertThat(informed.get("infos").toString()).contains("PromQL info: ").contains("(1:");
    assertThat(informed.has("warnings")).isFalse();
  }
}
