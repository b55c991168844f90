package io.varve.storage.index;

/**
 * How far an index may grow. A limit refuses new series only; those that exist go on.
 *
 * @param maxSeries most series of the database; 0 means no limit
 * @param maxValuesPerTag most distinct values of one tag in one measurement; 0 means no limit
 */
public record IndexLimits(long maxSeries, long maxValuesPerTag) {
  /** No limits at all. */
  public static final IndexLimits NONE = new IndexLimits(0, 0);

  public IndexLimits {
    if (maxSeries < 0 || maxValuesPerTag < 0) {
      throw new IllegalArgumentException(
          "limits must not be negative: " + maxSeries + ", " + maxValuesPerTag);
    }
  }
}
