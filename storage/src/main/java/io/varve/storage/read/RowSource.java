package io.varve.storage.read;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/** A run of rows of one series from one place, to be merged with others. */
abstract class RowSource {
  /**
   * Rank of unsealed rows, before their number in the list; above every sequence, which are u32.
   */
  static final long UNSEALED_RANK = 1L << 62;

  /** Where rows coincide, the greater rank wins. */
  abstract long rank();

  abstract long firstTimestampNanos();

  abstract long lastTimestampNanos();

  abstract int rowCount();

  /** Fills the first {@link #rowCount} entries of an array of a batch's size. */
  abstract void readTimes(long[] into);

  /** Type of the values in a column of the scan; null if there are none. */
  abstract @Nullable FieldType type(int column);

  /** Reads a column that has values. */
  abstract void readColumn(int column, ColumnValues into);

  /**
   * Copies the values of some rows, as {@link io.varve.storage.Column#copyBits}, if that takes less
   * than to read the column; else false.
   *
   * @param from the row from which the others are counted
   */
  boolean copyBits(int column, int from, int[] rows, int count, long[] into) {
    return false;
  }

  /** The presence that {@link #readColumn} would give, of a column that has values. */
  abstract long @Nullable [] presence(int column);

  /** Whether the first and last time are those of rows, and so are statistics. */
  abstract boolean standsAlone();

  /** Whether all rows lie the same time apart, as known without decoding. */
  boolean isSteady() {
    return false;
  }

  /** As {@link io.varve.storage.Column#stats}, of a column that has values. */
  @Nullable ColumnStats stats(int column) {
    return null;
  }

  /** As {@link io.varve.storage.Column#ascends}, of a column that has values. */
  boolean ascends(int column) {
    return false;
  }
}
