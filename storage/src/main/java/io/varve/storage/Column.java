package io.varve.storage;

import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * The values of one field in a {@link ColumnBatch}, decoded when first asked for.
 *
 * <p>Entries of rows without a value are unspecified. Arrays must not be changed by the caller.
 */
public interface Column {
  FieldType type();

  /** Whether no row of the batch has a value here; then no array may be asked for. */
  boolean isAbsent();

  /**
   * A bitmap of the rows that have a value, row {@code i} in bit {@code i & 63} of word {@code i
   * >>> 6}; null if every row has one.
   */
  long @Nullable [] presence();

  /** The values of a {@link FieldType#FLOAT} column. */
  double[] doubles();

  /** The values of an integer, unsigned or boolean column. */
  long[] longs();

  /** The UTF-8 values of a {@link FieldType#STRING} column. */
  byte[][] strings();

  /**
   * Copies the values of some rows, one behind the other, in 64 bits each, floats as {@link
   * Double#doubleToRawLongBits}; of a type that is not {@link FieldType#STRING}. Where the others
   * have not been decoded, and need not be for that, they are not.
   *
   * @param rows their numbers, of which the first {@code count} count
   */
  default void copyBits(int[] rows, int count, long[] into) {
    if (type() == FieldType.FLOAT) {
      double[] values = doubles();
      for (int i = 0; i < count; i++) {
        into[i] = Double.doubleToRawLongBits(values[rows[i]]);
      }
    } else {
      long[] values = longs();
      for (int i = 0; i < count; i++) {
        into[i] = values[rows[i]];
      }
    }
  }

  /**
   * Aggregates over exactly the values of this column in this batch, known without decoding; null
   * if they are not known (an unsealed, overlapping or cut batch, or a string column).
   */
  @Nullable ColumnStats stats();

  /**
   * Aggregates, known without decoding, over a row group of which this batch has the last rows or
   * all, and in which every row has a value: the last value is that of the last row here. Null if
   * they are not known.
   */
  default @Nullable ColumnStats endStats() {
    return null;
  }

  /**
   * Whether no value is less than one before, as known without decoding; only where there are
   * {@link #stats}. False says nothing.
   */
  default boolean ascends() {
    return false;
  }
}
