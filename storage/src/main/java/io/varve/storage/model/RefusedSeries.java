package io.varve.storage.model;

/**
 * How often a limit has refused a new series since the store was opened. A client that sends the
 * same series again is counted again.
 *
 * @param byMaxSeries by the limit of series of a database
 * @param byMaxValuesPerTag by the limit of values of a tag
 * @param byMaxNewSeriesPerMinute by the limit of new series in a minute
 */
public record RefusedSeries(
    long byMaxSeries, long byMaxValuesPerTag, long byMaxNewSeriesPerMinute) {
  /** None. */
  public static final RefusedSeries NONE = new RefusedSeries(0, 0, 0);

  /** The sums of both. */
  public RefusedSeries plus(RefusedSeries other) {
    return new RefusedSeries(
        byMaxSeries + other.byMaxSeries,
        byMaxValuesPerTag + other.byMaxValuesPerTag,
        byMaxNewSeriesPerMinute + other.byMaxNewSeriesPerMinute);
  }
}
