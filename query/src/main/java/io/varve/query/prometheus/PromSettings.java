package io.varve.query.prometheus;

/**
 * How PromQL sees a store.
 *
 * @param defaultDatabase where remote write puts samples; its series have no label {@code db}
 * @param lookbackMillis how old the sample of an instant vector may be, unless a request says so
 * @param timeoutMillis how long a request may take, unless it asks for less
 * @param subqueryStepMillis the step of subqueries that name none
 * @param maxSamples values of one query that may be in memory at once, up to 16 bytes each
 * @param maxPointsPerSeries steps of a range query
 * @param experimental whether experimental functions are known
 */
public record PromSettings(
    String defaultDatabase,
    long lookbackMillis,
    long timeoutMillis,
    long subqueryStepMillis,
    long maxSamples,
    int maxPointsPerSeries,
    boolean experimental) {
  /** {@code prometheus}, 5 minutes, 2 minutes, 1 minute, 50 million, 11,000; no experiments. */
  public static PromSettings defaults() {
    return new PromSettings("prometheus", 300_000, 120_000, 60_000, 50_000_000, 11_000, false);
  }
}
