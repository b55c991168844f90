package io.varve.query;

/**
 * Upper bounds for a single SELECT; exceeding one is an error of the statement, never a crash.
 *
 * @param maxSelectBuckets windows of one output series
 * @param maxSelectSeries series read
 * @param maxStateBytes memory for windows, for rows being merged by time, and for what else has to
 *     be kept before something can be printed
 * @param maxSelectPoints points read, rows of several fields counting once; 0 for any number
 */
public record QueryLimits(
    long maxSelectBuckets, long maxSelectSeries, long maxStateBytes, long maxSelectPoints) {

  /** Without a limit of points. */
  public QueryLimits(long maxSelectBuckets, long maxSelectSeries, long maxStateBytes) {
    this(maxSelectBuckets, maxSelectSeries, maxStateBytes, 0);
  }

  /** 10 million windows, 10 million series, 256 MiB, any number of points. */
  public static QueryLimits defaults() {
    return new QueryLimits(10_000_000, 10_000_000, 256L << 20);
  }

  /** The narrower of these limits and others. */
  QueryLimits and(QueryLimits others) {
    return new QueryLimits(
        Math.min(maxSelectBuckets, others.maxSelectBuckets),
        Math.min(maxSelectSeries, others.maxSelectSeries),
        Math.min(maxStateBytes, others.maxStateBytes),
        others.maxSelectPoints);
  }
}
