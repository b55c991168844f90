package io.varve.storage.chunk;

import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/** One field's values in a {@link RowGroup}. Entries of rows without a value are unspecified. */
public final class ColumnData {
  public final int fieldId;
  public final FieldType type;

  /**
   * Most digits after the decimal point seen among the values, or {@link
   * io.varve.storage.model.PointBatch#UNKNOWN_DECIMALS}; a hint for the encoder, for floats only.
   */
  public int decimals;

  /** Row {@code i} has a value if bit {@code i & 63} of word {@code i >>> 6} is set; null: all. */
  public long @Nullable [] presence;

  /** Raw double bits, integers, or 0 and 1; unused for strings. */
  public long[] bits = new long[0];

  /** UTF-8 values of a string column; unused otherwise. */
  public byte[][] strings = new byte[0][];

  public ColumnData(int fieldId, FieldType type) {
    this.fieldId = fieldId;
    this.type = type;
  }
}
