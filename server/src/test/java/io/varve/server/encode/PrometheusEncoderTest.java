package io.varve.server.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.prometheus.NewestSample;
import io.varve.query.prometheus.PromList;
import io.varve.query.prometheus.PromResult;
import io.varve.query.prometheus.SampleRun;
import io.varve.query.promql.Labels;
import io.varve.query.promql.function.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusEncoderTest {
  private final CollectingSink sink = new CollectingSink();
  private final ByteWriter bytes = new ByteWriter(sink);
  private final PrometheusEncoder encoder = new PrometheusEncoder(bytes);

  /** A result of one series of one point. */
  private record Point(Type type, Labels labels, long timeMillis, double value)
      implements PromResult {
    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public List<String> infos() {
      return List.of();
    }

    @Override
    public String text() {
      return "";
    }

    @Override
    public long samplesRead() {
      return 3;
    }

    @Override
    public long evaluationNanos() {
      return 2_000_000;
    }

    @Override
    public void visit(SeriesVisitor visitor) {
      Samples samples = new Samples();
      samples.add(timeMillis, value);
      visitor.visit(labels, new SampleRun(samples, 1));
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf",
    "0.1, 0.1",
    "1e-6, 0.000001",
    "9.99e-7, 9.99e-07",
    "1e-7, 1e-07",
    "1e20, 100000000000000000000",
    "1e21, 1e+21",
    "4.9e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "123456.789, 123456.789",
  })
  void writesValuesAsGoDoes(double value, String text) {
    encoder.writeResult(new Point(PromResult.Type.SCALAR, Labels.EMPTY, 0, value), 0, -1);
    assertThat(sink.text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[0,\""
                + text
                + "\"]}}");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0.001",
    "10, 0.01",
    "100, 0.1",
    "1435781430781, 1435781430.781",
    "1435781430000, 1435781430",
    "-1, -0.001",
    "-1500, -1.5",
    "9000000000000000000, 9000000000000000",
  })
  void writesTimesAsSeconds(long millis, String text) {
    encoder.writeResult(new Point(PromResult.Type.SCALAR, Labels.EMPTY, millis, 1), 0, -1);
    assertThat(sink.text()).contains("\"result\":[" + text + ",\"1\"]");
  }

  @Test
  void writesTimesInAnyOrder() {
    long[] times = {1435789999, 1435790000, 9999, 10000, 0, 99999999, 1435789999, 1000000009999L};
    for (long seconds : times) {
      encoder.writeResult(
          new Point(PromResult.Type.SCALAR, Labels.EMPTY, seconds * 1000, 1), 0, -1);
      assertThat(sink.take()).contains("\"result\":[" + seconds + ",\"1\"]");
    }
  }

  @Test
  void writesLabelsThatMetricsShare() {
    List<Labels> hosts = new ArrayList<>();
    for (int host = 0; host < 5; host++) {
      String note = "a \"text\" of some length, ".repeat(host * 20);
      hosts.add(Labels.of(Map.of("host", "h" + host, "note", note)));
    }
    List<Labels> byMetric = new ArrayList<>();
    List<Labels> byHost = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      byMetric.add(hosts.get(i % 5).named("metric" + i / 5));
      byHost.add(hosts.get(i / 4).named("metric" + i % 4));
    }
    byHost.addAll(List.of(Labels.EMPTY, Labels.EMPTY.named("m"), Labels.of(Map.of("A", "b"))));
    byHost.add(Labels.of(Map.of("A", "b", "c", "d")).named("m"));
    checkSeries(byMetric);
    checkSeries(byHost);
  }

  /** Against an encoder each that has not seen the other series. */
  private static void checkSeries(List<Labels> series) {
    CollectingSink together = new CollectingSink();
    new PrometheusEncoder(new ByteWriter(together)).writeSeriesList(new PromList<>(series, false));
    StringBuilder apart = new StringBuilder();
    for (Labels labels : series) {
      CollectingSink one = new CollectingSink();
      new PrometheusEncoder(new ByteWriter(one))
          .writeSeriesList(new PromList<>(List.of(labels), false));
      String text = one.text();
      apart.append(apart.isEmpty() ? "" : ",");
      apart.append(text, text.indexOf('[') + 1, text.lastIndexOf(']'));
    }
    assertThat(together.text()).isEqualTo("{\"status\":\"success\",\"data\":[" + apart + "]}");
  }

  @Test
  void escapesLabelsAndTellsStatistics() {
    Labels labels = Labels.of(Map.of("a", "q\"\\\n\u0001日本"));
    encoder.writeResult(new Point(PromResult.Type.VECTOR, labels, 0, 1), 0, 1_000_000);
    assertThat(sink.text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
                + "[{\"metric\":{\"a\":\"q\\\"\\\\\\n\\u0001日本\"},\"value\":[0,\"1\"]}],"
                + "\"stats\":{\"timings\":{\"evalTotalTime\":0.002,\"execQueueTime\":0.001,"
                + "\"execTotalTime\":0.003},\"samples\":{\"totalQueryableSamples\":3}}}}");
  }

  @Test
  void writesTrees() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("n", 1L);
    tree.put("i", -2);
    tree.put("b", true);
    tree.put("z", null);
    tree.put("d", -1.5);
    tree.put("e", Double.NEGATIVE_INFINITY);
    tree.put("l", new ArrayList<>(Arrays.asList("x", null, List.of(), Map.of())));
    encoder.writeData(tree);
    assertThat(sink.text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"n\":1,\"i\":-2,\"b\":true,\"z\":null,"
                + "\"d\":-1.5,\"e\":\"-Inf\",\"l\":[\"x\",null,[],{}]}}");
    assertThatThrownBy(() -> encoder.writeData(1.5f)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writesListsAndWhetherTheyAreWhole() {
    encoder.writeNameList(new PromList<>(List.of(), false));
    encoder.writeNameList(new PromList<>(List.of("a", "b"), true));
    assertThat(sink.text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":[]}"
                + "{\"status\":\"success\",\"data\":[\"a\",\"b\"],"
                + "\"warnings\":[\"results truncated due to limit\"]}");
  }

  @Test
  void writesFederationText() {
    Labels odd =
        Labels.of(Map.of("__name__", "a.b:c", "x-y", "q\"\\\n", "instance", "i", "1st", ""));
    new FederationEncoder(bytes)
        .write(
            List.of(
                new NewestSample(Labels.of(Map.of("__name__", "a")), 1_000, Double.NaN),
                new NewestSample(Labels.of(Map.of("__name__", "a", "l", "v")), -1, -1e21),
                new NewestSample(odd, 0, Double.POSITIVE_INFINITY)));
    assertThat(sink.text())
        .isEqualTo(
            """
            # TYPE a untyped
            a{instance=""} NaN 1000
            a{l="v",instance=""} -1e+21 -1
            # TYPE a_b:c untyped
            a_b:c{instance="i",x_y="q\\"\\\\\\n"} +Inf 0
            """);
  }
}
