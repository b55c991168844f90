package io.varve.storage.chunk;

import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@link RowGroup#MAX_ROWS} rows of one series, at least one, in the order of their distinct
 * times, of which columns are copied when asked for, and no more of them than asked for. Columns
 * are numbered from 0. Rows do not change; for one thread.
 */
public interface SortedRows {
  int rowCount();

  long timestampNanos(int row);

  /** Copies the times of rows {@code from}, {@code from + 1}, ... */
  void copyTimestamps(int from, int count, long[] into);

  /** Whether all rows are known to lie the same time apart. */
  default boolean isSteady() {
    return false;
  }

  /** The column of a field; -1 if no row has a value of it. */
  int columnOf(int fieldId);

  FieldType type(int column);

  /** Which rows have a value, as in {@link ColumnData#presence}. */
  long @Nullable [] presence(int column);

  /** Copies values of a column of a type that is neither float nor string. */
  void copyLongs(int column, int from, int count, long[] into);

  /** Copies values of a column of floats. */
  void copyDoubles(int column, int from, int count, double[] into);

  /**
   * Copies values of some rows of a column of another type than string, floats as bits.
   *
   * @param from the row from which the others are counted
   */
  void copyBits(int column, int from, int[] some, int count, long[] into);

  /** Copies references to values of a column of strings. */
  void copyStrings(int column, int from, int count, byte[][] into);
}
