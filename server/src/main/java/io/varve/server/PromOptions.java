package io.varve.server;

import io.varve.query.prometheus.PromSettings;
import io.varve.query.promql.Durations;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How the store looks to PromQL: options that all ways to run a server share. */
final class PromOptions {
  private static final PromSettings DEFAULTS = PromSettings.defaults();

  @Option(
      names = "--prometheus-database",
      paramLabel = "NAME",
      description =
          "Where remote write puts samples; made if need be. Its series have no label db"
              + " (default: ${DEFAULT-VALUE}).")
  String database = DEFAULTS.defaultDatabase();

  @Option(
      names = "--prometheus-lookback",
      paramLabel = "DURATION",
      defaultValue = "5m",
      converter = DurationConverter.class,
      description = "How old the sample of an instant vector may be (default: ${DEFAULT-VALUE}).")
  long lookbackMillis = DEFAULTS.lookbackMillis();

  @Option(
      names = "--prometheus-timeout",
      paramLabel = "DURATION",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description =
          "How long a PromQL request may wait and run, unless it asks for less (default:"
              + " ${DEFAULT-VALUE}).")
  long timeoutMillis = DEFAULTS.timeoutMillis();

  @Option(
      names = "--prometheus-subquery-step",
      paramLabel = "DURATION",
      defaultValue = "1m",
      converter = DurationConverter.class,
      description = "The step of subqueries that name none (default: ${DEFAULT-VALUE}).")
  long subqueryStepMillis = DEFAULTS.subqueryStepMillis();

  @Option(
      names = "--prometheus-max-samples",
      paramLabel = "N",
      description =
          "Values of one PromQL query in memory, 16 bytes each; beyond it is an error (default:"
              + " ${DEFAULT-VALUE}).")
  long maxSamples = DEFAULTS.maxSamples();

  @Option(
      names = "--prometheus-experimental",
      description = "Know the experimental functions and modifiers of PromQL (default: off).")
  boolean experimental;

  PromSettings settings() {
    return new PromSettings(
        database,
        lookbackMillis,
        timeoutMillis,
        subqueryStepMillis,
        maxSamples,
        DEFAULTS.maxPointsPerSeries(),
        experimental);
  }

  /** Reads a duration above zero as Prometheus writes it. */
  static final class DurationConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      long millis;
      try {
        millis = Durations.parseMillis(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("must be a duration like 90s or 5m: " + text);
      }
      if (millis <= 0) {
        throw new TypeConversionException("must be above 0: " + text);
      }
      return millis;
    }
  }
}
