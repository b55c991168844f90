package io.varve.storage;

import io.varve.storage.model.TimeRange;

/**
 * The newest row of each of some series, as far as it is to be had without a scan; see {@link
 * SeriesReader#read(NewestRows)}. For one thread.
 */
public final class NewestRows {
  private final int[] seriesIds;
  private final int[] fieldIds;
  private final TimeRange range;
  private final boolean[] found;
  private final long[] timestampsNanos;
  private final long[][] bits;

  /**
   * Says what is wanted, and has nothing yet.
   *
   * @param seriesIds not copied, not to be changed
   * @param fieldIds of all of which a row must have values; not copied, not to be changed
   */
  public NewestRows(int[] seriesIds, int[] fieldIds, TimeRange range) {
    this.seriesIds = seriesIds;
    this.fieldIds = fieldIds;
    this.range = range;
    found = new boolean[seriesIds.length];
    timestampsNanos = new long[seriesIds.length];
    bits = new long[fieldIds.length][seriesIds.length];
  }

  /** Whether the row of a series is here, by the place of its id. If not, it may have some. */
  public boolean isFound(int place) {
    return found[place];
  }

  /** The times of the rows, by the places of the ids, as {@link #bits} are. */
  public long[] timestampsNanos() {
    return timestampsNanos;
  }

  /**
   * The values of a field, by the place of its id: raw double bits, integers, 0 or 1. Only those of
   * rows {@linkplain #isFound found} mean something.
   */
  public long[] bits(int field) {
    return bits[field];
  }

  int[] seriesIds() {
    return seriesIds;
  }

  int[] fieldIds() {
    return fieldIds;
  }

  TimeRange range() {
    return range;
  }

  boolean[] found() {
    return found;
  }

  long[][] bits() {
    return bits;
  }
}
