package io.varve.storage;

/**
 * Up to {@link #MAX_ROWS} rows of one series: one time column and one column per scanned field.
 *
 * <p>Owned by a {@link SeriesCursor}; see there for how long it is valid.
 */
public interface ColumnBatch {
  /** Most rows a batch can have. */
  int MAX_ROWS = 1024;

  /** Rows in this batch, 1 to {@link #MAX_ROWS}. */
  int rowCount();

  long firstTimestampNanos();

  long lastTimestampNanos();

  /**
   * Strictly ascending; the first {@link #rowCount} entries count. Decoded when first asked for.
   */
  long[] timestampsNanos();

  /**
   * Whether all rows are known to lie the same time apart, without decoding their times: row {@code
   * i} then is at {@code first + i * (last - first) / (rows - 1)}.
   */
  default boolean isSteady() {
    return false;
  }

  /** The column of {@link ScanSpec#fieldIds}{@code [index]}. */
  Column column(int index);
}
