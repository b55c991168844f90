package io.varve.query.promql.histogram;

import io.varve.query.promql.Quoting;

/** What there may be to say about histograms, in the words of Prometheus. */
public enum HistogramRemark {
  FLOATS_AND_HISTOGRAMS(true, true, "encountered a mix of histograms and floats"),
  EXPONENTIAL_AND_CUSTOM(
      true,
      true,
      "vector contains a mix of histograms with exponential and custom buckets schemas"),
  CLASSIC_AND_NATIVE(true, true, "vector contains a mix of classic and native histograms"),
  NOT_A_COUNTER(true, false, "this native histogram metric is not a counter:"),
  NOT_A_GAUGE(true, false, "this native histogram metric is not a gauge:"),
  MIXED_AGGREGATION(true, "encountered a mix of histograms and floats for aggregation"),
  CONFLICTING_RESETS_ADDED(true, "conflicting counter resets during histogram addition"),
  CONFLICTING_RESETS_SUBTRACTED(true, "conflicting counter resets during histogram subtraction"),
  CONFLICTING_RESETS_AGGREGATED(true, "conflicting counter resets during histogram aggregation"),
  BOUNDS_RECONCILED_ADDING(false, "mismatched custom buckets were reconciled during addition"),
  BOUNDS_RECONCILED_SUBTRACTING(
      false, "mismatched custom buckets were reconciled during subtraction"),
  BOUNDS_RECONCILED_AGGREGATING(
      false, "mismatched custom buckets were reconciled during aggregation"),
  IGNORED_IN_RANGE(
      false, true, "ignored histograms in a range containing both floats and histograms"),
  QUANTILE_IS_NAN(false, true, "input to histogram_quantile has NaN observations, result is NaN"),
  QUANTILE_IS_SKEWED(
      false, true, "input to histogram_quantile has NaN observations, result is skewed higher"),
  FRACTION_WITHOUT_NAN(
      false,
      true,
      "input to histogram_fraction has NaN observations, which are excluded from all fractions");

  private enum Metric {
    NONE,
    BARE,
    INTRODUCED
  }

  private final boolean warning;
  private final Metric metric;
  private final String text;

  HistogramRemark(boolean warning, String text) {
    this(warning, Metric.NONE, text);
  }

  HistogramRemark(boolean warning, boolean introduced, String text) {
    this(warning, introduced ? Metric.INTRODUCED : Metric.BARE, text);
  }

  HistogramRemark(boolean warning, Metric metric, String text) {
    this.warning = warning;
    this.metric = metric;
    this.text = text;
  }

  /** Whether it is more than an information. */
  public boolean isWarning() {
    return warning;
  }

  /**
   * The text about a metric.
   *
   * @param name empty if it is not known
   */
  public String about(String name) {
    String quotedMetric = Quoting.quote(name);
    return switch (metric) {
      case NONE -> text;
      case BARE -> text + " " + quotedMetric;
      case INTRODUCED -> name.isEmpty() ? text : text + " for metric name " + quotedMetric;
    };
  }
}
