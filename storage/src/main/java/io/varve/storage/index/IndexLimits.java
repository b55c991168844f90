package io.varve.storage.index;

/**
 * How far an index may grow. A limit refuses new series only; those that exist go on. 0 means no
 * limit.
 *
 * @param maxSeries most series of the database
 * @param maxValuesPerTag most distinct values of one tag in one measurement
 * @param maxNewSeriesPerMinute most series added within one minute of the clock
 */
public record IndexLimits(long maxSeries, long maxValuesPerTag, long maxNewSeriesPerMinute) {
  /** No limits at all. */
  public static final IndexLimits NONE = new IndexLimits(0, 0, 0);

  public IndexLimits {
    if (maxSeries < 0 || maxValuesPerTag < 0 || maxNewSeriesPerMinute < 0) {
      throw new IllegalArgumentException(
          "limits must not be negative: "
              + maxSeries
              + ", "
              + maxValuesPerTag
              + ", "
              + maxNewSeriesPerMinute);
    }
  }
}
