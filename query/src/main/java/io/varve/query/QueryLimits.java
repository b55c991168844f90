package io.varve.query;

/**
 * Upper bounds for a single SELECT; exceeding one is an error of the statement, never a crash.
 *
 * @param maxSelectBuckets windows of one output series
 * @param maxSelectSeries series read
 * @param maxStateBytes memory for windows of one output series, or for rows being merged by time
 */
public record QueryLimits(long maxSelectBuckets, long maxSelectSeries, long maxStateBytes) {
  /** 10 million windows, 10 million series, 256 MiB. */
  public static QueryLimits defaults() {
    return new QueryLimits(10_000_000, 10_000_000, 256L << 20);
  }
}
