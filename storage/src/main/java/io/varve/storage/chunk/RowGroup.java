package io.varve.storage.chunk;

import java.util.ArrayList;
import java.util.List;

/**
 * Up to {@link #MAX_ROWS} rows of one series, column by column: what the head seals and the chunk
 * encoder takes, and what readers of unsealed rows get. Rows are sorted, times are distinct.
 *
 * <p>A plain carrier for one thread: whoever fills it owns the arrays and may reuse them.
 */
public final class RowGroup {
  /** Most rows of a group, hence most values of a chunk. */
  public static final int MAX_ROWS = 1024;

  /** Strictly ascending; the first {@link #rowCount} entries count. */
  public long[] timestampNanos = new long[0];

  public int rowCount;

  /** Columns with at least one value, by ascending field id. */
  public final List<ColumnData> columns = new ArrayList<>();
}
