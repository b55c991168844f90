package io.varve.storage.head;

import org.jspecify.annotations.Nullable;

/**
 * Reads the last row of series after series straight from the head: a few cache misses each, and no
 * objects. For one thread.
 *
 * <p>It takes only the plainest series: slabs in order, one after the other in time, the newest of
 * which has a value for every field in every row, none of them a string, and no deleted rows. All
 * others are for {@link ShardHead#rows}.
 */
public final class LastRows {
  private final SeriesPages pages;
  private final int[] fieldIds;
  private final long moment;

  /** Columns of the slab before, and where the fields are in them; null if one is not there. */
  private @Nullable ColumnSet known;

  private int @Nullable [] columns;

  /** Keeps the compiler from leaving out what is read for nothing. */
  @SuppressWarnings("UnusedVariable")
  private long touched;

  LastRows(SeriesPages pages, int[] fieldIds, long moment) {
    this.pages = pages;
    this.fieldIds = fieldIds;
    this.moment = moment;
  }

  /** Reads where the last rows of some series are, so that their cache misses overlap. */
  public void touch(int[] seriesIds, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      MemSeries series = seriesIds[i] < 0 ? null : pages.get(seriesIds[i]);
      Slab slab = series == null ? null : series.newest;
      if (slab != null) {
        sum ^= slab.touch();
      }
    }
    touched = sum;
  }

  /**
   * Takes the last row of a series, if it can be had this way.
   *
   * @param place where it goes in the arrays
   * @param timestampsNanos of the rows
   * @param bits of the rows, field by field: raw double bits, integers, 0 or 1
   */
  public boolean take(int seriesId, int place, long[] timestampsNanos, long[][] bits) {
    MemSeries series = pages.get(seriesId);
    Slab slab = series == null ? null : series.newest;
    // In this order, as in SlabRows: the chain before what has left it, the count before the rest.
    if (series == null || slab == null || series.hasRetained()) {
      return false;
    }
    int count = slab.rowCount(moment);
    if (count == 0 || !slab.isSorted() || !slab.isDense() || slab.hasDeletions()) {
      return false;
    }
    PackedRows rows = slab.rows();
    int[] places = columnsOf(slab.columns);
    if (places == null || !isBehind(slab.older, rows.timestamp(0))) {
      return false;
    }
    int last = count - 1;
    timestampsNanos[place] = rows.timestamp(last);
    for (int i = 0; i < places.length; i++) {
      bits[i][place] = rows.bits(last, places[i]);
    }
    return true;
  }

  /** Whether the head has no row of a series at all. */
  public boolean isEmpty(int seriesId) {
    MemSeries series = pages.get(seriesId);
    if (series == null) {
      return true;
    }
    for (Slab slab = series.newest; slab != null; slab = slab.older) {
      if (slab.rowCount(moment) > 0) {
        return false;
      }
    }
    // After the chain, as in take.
    return !series.hasRetained();
  }

  /** Whether a time is behind all rows of older slabs. */
  private boolean isBehind(@Nullable Slab older, long timestampNanos) {
    for (Slab slab = older; slab != null; slab = slab.older) {
      int count = slab.rowCount(moment);
      boolean sorted = slab.isSorted();
      if (count > 0 && (!sorted || slab.rows().timestamp(count - 1) >= timestampNanos)) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // Slabs of the same shape share one set.
  private int @Nullable [] columnsOf(ColumnSet set) {
    if (set != known) {
      known = set;
      int[] found = new int[fieldIds.length];
      int guess = 0;
      boolean all = true;
      for (int i = 0; i < found.length; i++) {
        found[i] = set.indexOf(fieldIds[i], guess);
        all &= found[i] >= 0;
        guess = Math.max(0, found[i]);
      }
      columns = all ? found : null;
    }
    return columns;
  }
}
