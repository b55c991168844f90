package io.varve.server.http;

import io.varve.query.prometheus.PromResult;
import io.varve.query.promql.PromException;
import io.varve.server.encode.ByteWriter;
import io.varve.server.encode.FederationEncoder;
import io.varve.server.encode.PrometheusEncoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is served of Prometheus' API: the one list of its paths. */
final class PromEndpoints {
  /** Answers a call; throws what the caller turns into an error. */
  @FunctionalInterface
  interface Endpoint {
    void answer(PromCall call, ByteWriter out);
  }

  /** Answers a call in JSON. */
  @FunctionalInterface
  private interface JsonEndpoint {
    void answer(PromCall call, PrometheusEncoder out);
  }

  /**
   * A path.
   *
   * @param post whether it takes POST beside GET
   * @param contentType of the answer; errors are JSON if it is, else text
   */
  record Path(Endpoint endpoint, boolean post, String contentType) {}

  private static final String PREFIX = "/api/v1/";
  private static final String LABEL_PREFIX = PREFIX + "label/";
  private static final String VALUES_SUFFIX = "/values";

  private static final Map<String, Path> PATHS =
      Map.ofEntries(
          Map.entry(
              "/federate",
              new Path(PromEndpoints::federate, false, FederationEncoder.CONTENT_TYPE)),
          post("query", PromEndpoints::query),
          post("query_range", PromEndpoints::queryRange),
          post("query_exemplars", PromEndpoints::exemplars),
          post(
              "format_query",
              (call, out) -> out.writeData(call.engine().format(call.text("query")))),
          post(
              "parse_query",
              (call, out) -> out.writeData(call.engine().syntaxTree(call.text("query")))),
          post("series", PromEndpoints::series),
          post("labels", PromEndpoints::labels),
          get("metadata", PromStatus::metadata),
          fixed("rules", Map.of("groups", List.of())),
          fixed("alerts", Map.of("alerts", List.of())),
          fixed(
              "targets",
              Map.of(
                  "activeTargets", List.of(),
                  "droppedTargets", List.of())),
          fixed("targets/metadata", List.of()),
          fixed("scrape_pools", Map.of("scrapePools", List.of())),
          fixed(
              "alertmanagers",
              Map.of(
                  "activeAlertmanagers", List.of(),
                  "droppedAlertmanagers", List.of())),
          fixed("status/config", Map.of("yaml", "")),
          fixed("status/buildinfo", PromStatus.buildInfo()),
          get("status/flags", PromStatus::flags),
          get("status/runtimeinfo", PromStatus::runtimeInfo),
          get("status/tsdb", PromStatus::cardinality));

  private PromEndpoints() {}

  /** What answers a path, or null. */
  static @Nullable Path find(String path) {
    if (path.startsWith(LABEL_PREFIX) && path.endsWith(VALUES_SUFFIX)) {
      int end = path.length() - VALUES_SUFFIX.length();
      if (end <= LABEL_PREFIX.length()) {
        return null;
      }
      String name = PromNames.unescape(path.substring(LABEL_PREFIX.length(), end));
      return get("", (call, out) -> labelValues(name, call, out)).getValue();
    }
    return PATHS.get(path);
  }

  private static Map.Entry<String, Path> post(String name, JsonEndpoint endpoint) {
    return Map.entry(PREFIX + name, new Path(json(endpoint), true, Answers.JSON));
  }

  private static Map.Entry<String, Path> get(String name, JsonEndpoint endpoint) {
    return Map.entry(PREFIX + name, new Path(json(endpoint), false, Answers.JSON));
  }

  private static Map.Entry<String, Path> fixed(String name, Object data) {
    return get(name, (call, out) -> out.writeData(data));
  }

  private static Endpoint json(JsonEndpoint endpoint) {
    return (call, out) -> endpoint.answer(call, new PrometheusEncoder(out));
  }

  private static void query(PromCall call, PrometheusEncoder out) {
    long queueNanos = call.queueNanos();
    long time = call.time("time", System.currentTimeMillis());
    try (PromResult result = call.engine().query(call.text("query"), time, call.request())) {
      out.writeResult(result, call.limit(), queueNanos);
    }
  }

  private static void queryRange(PromCall call, PrometheusEncoder out) {
    long queueNanos = call.queueNanos();
    long start = call.time("start");
    long end = call.time("end");
    try (PromResult result =
        call.engine().queryRange(call.text("query"), start, end, call.step(), call.request())) {
      out.writeResult(result, call.limit(), queueNanos);
    }
  }

  /** There are none, but the question has to make sense. */
  private static void exemplars(PromCall call, PrometheusEncoder out) {
    call.engine().check(call.text("query"));
    if (call.end() < call.start()) {
      throw PromTimes.bad("end", "end timestamp must not be before start time");
    }
    out.writeData(List.of());
  }

  private static void series(PromCall call, PrometheusEncoder out) {
    out.writeSeriesList(
        call.engine().series(selectors(call), call.start(), call.end(), call.request()));
  }

  private static List<String> selectors(PromCall call) {
    List<String> selectors = call.all("match[]");
    if (selectors.isEmpty()) {
      throw new PromException(PromException.Kind.BAD_DATA, "no match[] parameter provided");
    }
    return selectors;
  }

  private static void labels(PromCall call, PrometheusEncoder out) {
    out.writeNameList(
        call.engine().labelNames(call.all("match[]"), call.start(), call.end(), call.request()));
  }

  private static void labelValues(String name, PromCall call, PrometheusEncoder out) {
    out.writeNameList(
        call.engine()
            .labelValues(name, call.all("match[]"), call.start(), call.end(), call.request()));
  }

  private static void federate(PromCall call, ByteWriter out) {
    new FederationEncoder(out)
        .write(call.engine().newest(selectors(call), System.currentTimeMillis(), call.request()));
  }
}
