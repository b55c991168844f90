package io.varve.server.http;

import io.varve.query.prometheus.PromResult;
import io.varve.query.promql.PromException;
import io.varve.server.encode.PrometheusEncoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is served below {@code /api/v1/}: the one list of Prometheus' paths. */
final class PromEndpoints {
  /** Answers a call; throws what the caller turns into an error. */
  @FunctionalInterface
  interface Endpoint {
    void answer(PromCall call, PrometheusEncoder out);
  }

  /**
   * A path.
   *
   * @param post whether it takes POST beside GET
   */
  record Path(Endpoint endpoint, boolean post) {}

  static final String PREFIX = "/api/v1/";

  private static final String LABEL_PREFIX = "label/";
  private static final String VALUES_SUFFIX = "/values";

  private static final Map<String, Path> PATHS =
      Map.ofEntries(
          Map.entry("query", new Path(PromEndpoints::query, true)),
          Map.entry("query_range", new Path(PromEndpoints::queryRange, true)),
          Map.entry("series", new Path(PromEndpoints::series, true)),
          Map.entry("labels", new Path(PromEndpoints::labels, true)),
          Map.entry("query_exemplars", new Path(fixed("[]"), true)),
          Map.entry("rules", new Path(fixed("{\"groups\":[]}"), false)),
          Map.entry("alerts", new Path(fixed("{\"alerts\":[]}"), false)),
          Map.entry(
              "targets", new Path(fixed("{\"activeTargets\":[],\"droppedTargets\":[]}"), false)),
          Map.entry(
              "alertmanagers",
              new Path(fixed("{\"activeAlertmanagers\":[],\"droppedAlertmanagers\":[]}"), false)),
          Map.entry("status/flags", new Path(fixed("{}"), false)),
          Map.entry("status/config", new Path(fixed("{\"yaml\":\"\"}"), false)),
          Map.entry("status/buildinfo", new Path(fixed(buildInfo()), false)));

  private PromEndpoints() {}

  /** What answers a path behind {@link #PREFIX}, or null. */
  static @Nullable Path find(String path) {
    if (path.startsWith(LABEL_PREFIX) && path.endsWith(VALUES_SUFFIX)) {
      int end = path.length() - VALUES_SUFFIX.length();
      if (end <= LABEL_PREFIX.length()) {
        return null;
      }
      String name = PromNames.unescape(path.substring(LABEL_PREFIX.length(), end));
      return new Path((call, out) -> labelValues(name, call, out), false);
    }
    return PATHS.get(path);
  }

  private static void query(PromCall call, PrometheusEncoder out) {
    PromResult result =
        call.engine()
            .query(
                call.text("query"), call.time("time", System.currentTimeMillis()), call.request());
    out.writeResult(result, call.limit());
  }

  private static void queryRange(PromCall call, PrometheusEncoder out) {
    long start = call.time("start");
    long end = call.time("end");
    PromResult result =
        call.engine().queryRange(call.text("query"), start, end, call.step(), call.request());
    out.writeResult(result, call.limit());
  }

  private static void series(PromCall call, PrometheusEncoder out) {
    List<String> selectors = call.all("match[]");
    if (selectors.isEmpty()) {
      throw new PromException(PromException.Kind.BAD_DATA, "no match[] parameter provided");
    }
    out.writeSeriesList(call.engine().series(selectors, call.start(), call.end(), call.request()));
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

  private static Endpoint fixed(String data) {
    return (call, out) -> out.writeData(data);
  }

  /** Grafana compares the version; without {@code features} it takes this for a Prometheus. */
  private static String buildInfo() {
    return "{\"version\":\"3.14.0\",\"revision\":\"varve\",\"branch\":\"\",\"buildUser\":\"\","
        + "\"buildDate\":\"\",\"goVersion\":\"\"}";
  }
}
