package io.varve.server.metrics;

import io.varve.storage.DurationHistogram;

/**
 * Writes metrics in Prometheus' text format, version 0.0.4. For one thread.
 *
 * <p>The samples of a metric follow its {@link #begin}.
 */
final class PrometheusText {
  /** The type of the page. */
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder(16 * 1024);
  private String name = "";

  PrometheusText begin(String metric, String type, String help) {
    name = metric;
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  PrometheusText sample(long value) {
    text.append(name).append(' ').append(value).append('\n');
    return this;
  }

  PrometheusText sample(double value) {
    text.append(name).append(' ').append(value).append('\n');
    return this;
  }

  PrometheusText sample(String label, String labelValue, long value) {
    text.append(name).append('{').append(label).append("=\"");
    escape(labelValue);
    text.append("\"} ").append(value).append('\n');
    return this;
  }

  void counter(String metric, String help, long value) {
    begin(metric, "counter", help).sample(value);
  }

  void gauge(String metric, String help, long value) {
    begin(metric, "gauge", help).sample(value);
  }

  void gauge(String metric, String help, double value) {
    begin(metric, "gauge", help).sample(value);
  }

  /** Durations, in seconds. */
  void histogram(String metric, String help, DurationHistogram.Snapshot durations) {
    begin(metric, "histogram", help);
    for (DurationHistogram.Bucket bucket : durations.buckets()) {
      text.append(name).append("_bucket{le=\"").append(bucket.boundNanos() / 1e9).append("\"} ");
      text.append(bucket.count()).append('\n');
    }
    text.append(name).append("_bucket{le=\"+Inf\"} ").append(durations.count()).append('\n');
    text.append(name).append("_sum ").append(durations.sumNanos() / 1e9).append('\n');
    text.append(name).append("_count ").append(durations.count()).append('\n');
  }

  private void escape(String labelValue) {
    for (int i = 0; i < labelValue.length(); i++) {
      char c = labelValue.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> text.append(c);
      }
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
