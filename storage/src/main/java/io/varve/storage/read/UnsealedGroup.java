package io.varve.storage.read;

import io.varve.storage.chunk.SortedRows;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import org.jspecify.annotations.Nullable;

/** Rows still in the head. */
final class UnsealedGroup extends RowSource {
  private final SortedRows rows;
  private final int from;
  private final int rowCount;
  private final long rank;

  /** The column of each field of the scan in the rows, -1 if there is none. */
  private final int[] columns;

  private UnsealedGroup(SortedRows rows, int from, int rowCount, long rank, int[] columns) {
    this.rows = rows;
    this.from = from;
    this.rowCount = rowCount;
    this.rank = rank;
    this.columns = columns;
  }

  /**
   * All of some rows.
   *
   * @param number place in the list of unsealed groups, oldest first
   */
  static UnsealedGroup of(SortedRows rows, int number, int[] fieldIds) {
    int[] columns = new int[fieldIds.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = rows.columnOf(fieldIds[i]);
    }
    return new UnsealedGroup(rows, 0, rows.rowCount(), UNSEALED_RANK + number, columns);
  }

  /** Some of the rows. */
  UnsealedGroup part(int fromRow, int toRow) {
    return new UnsealedGroup(rows, from + fromRow, toRow - fromRow, rank, columns);
  }

  /** The rows that lie in a range, perhaps none. */
  UnsealedGroup within(TimeRange range) {
    int first = range.startNanos() == Long.MIN_VALUE ? 0 : rowsUpTo(range.startNanos() - 1);
    int end = range.endNanos() == Long.MAX_VALUE ? rowCount : rowsUpTo(range.endNanos() - 1);
    return first == 0 && end == rowCount ? this : part(first, Math.max(first, end));
  }

  /** Whether any column of the scan has values. */
  boolean isWanted() {
    for (int column : columns) {
      if (column >= 0) {
        return true;
      }
    }
    return false;
  }

  /** How many rows, from the first on, are not later than a time. */
  int rowsUpTo(long timestampNanos) {
    int low = 0;
    int high = rowCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rows.timestampNanos(from + middle) <= timestampNanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  long rank() {
    return rank;
  }

  @Override
  boolean standsAlone() {
    return true;
  }

  @Override
  long firstTimestampNanos() {
    return rows.timestampNanos(from);
  }

  @Override
  long lastTimestampNanos() {
    return rows.timestampNanos(from + rowCount - 1);
  }

  @Override
  int rowCount() {
    return rowCount;
  }

  @Override
  void readTimes(long[] into) {
    rows.copyTimestamps(from, rowCount, into);
  }

  @Override
  boolean isSteady() {
    return rows.isSteady();
  }

  @Override
  @Nullable FieldType type(int column) {
    return columns[column] < 0 ? null : rows.type(columns[column]);
  }

  @Override
  void readColumn(int column, ColumnValues into) {
    int at = columnOf(column);
    FieldType type = rows.type(at);
    into.prepare(type, rowCount);
    switch (type) {
      case FLOAT -> rows.copyDoubles(at, from, rowCount, into.doubles);
      case STRING -> rows.copyStrings(at, from, rowCount, into.strings);
      default -> rows.copyLongs(at, from, rowCount, into.longs);
    }
    into.presence = presence(column);
  }

  @Override
  boolean copyBits(int column, int fromRow, int[] some, int count, long[] into) {
    rows.copyBits(columnOf(column), from + fromRow, some, count, into);
    return true;
  }

  @Override
  long @Nullable [] presence(int column) {
    long[] all = rows.presence(columnOf(column));
    if (all == null || (from == 0 && rowCount == rows.rowCount())) {
      return all;
    }
    long[] some = new long[Bitmaps.words(rowCount)];
    Bitmaps.copy(all, from, rowCount, some);
    return some;
  }

  private int columnOf(int column) {
    if (columns[column] < 0) {
      throw new IllegalStateException("column " + column + " is absent");
    }
    return columns[column];
  }
}
