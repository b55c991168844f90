package io.varve.server.http;

import io.varve.query.prometheus.PromCardinality;
import io.varve.query.prometheus.PromSettings;
import io.varve.query.promql.Durations;
import io.varve.server.encode.PrometheusEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What Prometheus' API tells about the server and its metrics, rather than about samples. */
final class PromStatus {
  /** The Prometheus whose API this is; Grafana decides by it what it may ask for. */
  private static final String API_VERSION = "3.14.0";

  private PromStatus() {}

  /** Without {@code features}, or Grafana takes this for a Mimir. */
  static Map<String, String> buildInfo() {
    Map<String, String> info = new LinkedHashMap<>();
    info.put("version", API_VERSION);
    info.put("revision", "varve");
    info.put("branch", "");
    info.put("buildUser", "");
    info.put("buildDate", "");
    info.put("goVersion", "");
    return info;
  }

  static void flags(PromCall call, PrometheusEncoder out) {
    PromSettings settings = call.engine().settings();
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("query.lookback-delta", Durations.format(settings.lookbackMillis()));
    flags.put("query.max-concurrency", Integer.toString(call.services().options.queryThreads()));
    flags.put("query.max-samples", Long.toString(settings.maxSamples()));
    flags.put("query.timeout", Durations.format(settings.timeoutMillis()));
    flags.put("web.enable-remote-write-receiver", "true");
    out.writeData(flags);
  }

  static void runtimeInfo(PromCall call, PrometheusEncoder out) {
    String started = Instant.ofEpochMilli(call.services().metrics.startMillis).toString();
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("startTime", started);
    info.put("CWD", "");
    info.put("serverTime", Instant.now().toString());
    info.put("reloadConfigSuccess", true);
    info.put("lastConfigTime", started);
    info.put("corruptionCount", 0);
    info.put("goroutineCount", Thread.activeCount());
    info.put("GOMAXPROCS", Runtime.getRuntime().availableProcessors());
    info.put("GOMEMLIMIT", Runtime.getRuntime().maxMemory());
    info.put("GOGC", "");
    info.put("GODEBUG", "");
    info.put("storageRetention", "");
    out.writeData(info);
  }

  static void cardinality(PromCall call, PrometheusEncoder out) {
    PromCardinality found = call.engine().cardinality(call.request());
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("numSeries", found.series());
    head.put("numLabelPairs", found.labelPairs());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("headStats", head);
    data.put("seriesCountByMetricName", counts(found.byMetric()));
    data.put("labelValueCountByLabelName", counts(found.valuesByLabel()));
    data.put("memoryInBytesByLabelName", List.of());
    data.put("seriesCountByLabelValuePair", List.of());
    out.writeData(data);
  }

  private static List<Map<String, Object>> counts(List<PromCardinality.Count> counts) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (PromCardinality.Count count : counts) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", count.name());
      one.put("value", count.value());
      all.add(one);
    }
    return all;
  }

  /** What senders said about metrics; for those who may read where remote write puts samples. */
  static void metadata(PromCall call, PrometheusEncoder out) {
    long limit = call.anyLimit("limit");
    call.anyLimit("limit_per_metric");
    String metric = call.optional("metric");
    Map<String, Object> data = new LinkedHashMap<>();
    if (call.mayRead(call.engine().settings().defaultDatabase())) {
      call.services()
          .metricMetadata
          .forEach(
              (name, entry) -> {
                boolean wanted = metric == null || metric.equals(name);
                if (wanted && (limit < 0 || data.size() < limit)) {
                  data.put(name, List.of(describe(entry)));
                }
              });
    }
    out.writeData(data);
  }

  private static Map<String, String> describe(MetricMetadata.Description entry) {
    Map<String, String> text = new LinkedHashMap<>();
    text.put("type", entry.type());
    text.put("help", entry.help());
    text.put("unit", entry.unit());
    return text;
  }
}
