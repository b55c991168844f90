package io.varve.query;

/**
 * What holds for all queries of an engine together, and for how long each may run.
 *
 * @param maxConcurrent queries at once; one more is an error at once; 0 for no limit
 * @param timeoutNanos how long a request may run; 0 for ever
 * @param logAfterNanos requests that run longer are logged, once each; 0 for never
 */
public record RunningQueryLimits(int maxConcurrent, long timeoutNanos, long logAfterNanos) {
  public RunningQueryLimits {
    if (maxConcurrent < 0 || timeoutNanos < 0 || logAfterNanos < 0) {
      throw new IllegalArgumentException("limits of running queries must not be negative");
    }
  }

  /** No limits and nothing logged, as InfluxDB comes. */
  public static RunningQueryLimits none() {
    return new RunningQueryLimits(0, 0, 0);
  }
}
