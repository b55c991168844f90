package io.varve.storage.chunk;

import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@link #MAX_ROWS} rows of one series, column by column: what the head seals and the chunk
 * encoder takes, and what readers of unsealed rows get. Rows are sorted, times are distinct.
 *
 * <p>A plain carrier for one thread: whoever fills it owns the arrays and may reuse them.
 */
public final class RowGroup implements SortedRows {
  /** Most rows of a group, hence most values of a chunk. */
  public static final int MAX_ROWS = 1024;

  /** Strictly ascending; the first {@link #rowCount} entries count. */
  public long[] timestampNanos = new long[0];

  public int rowCount;

  /** Columns with at least one value, by ascending field id. */
  public final List<ColumnData> columns = new ArrayList<>();

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public long timestampNanos(int row) {
    return timestampNanos[row];
  }

  @Override
  public void copyTimestamps(int from, int count, long[] into) {
    System.arraycopy(timestampNanos, from, into, 0, count);
  }

  @Override
  public int columnOf(int fieldId) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).fieldId == fieldId) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public FieldType type(int column) {
    return columns.get(column).type;
  }

  @Override
  public long @Nullable [] presence(int column) {
    return columns.get(column).presence;
  }

  @Override
  public void copyLongs(int column, int from, int count, long[] into) {
    System.arraycopy(columns.get(column).bits, from, into, 0, count);
  }

  @Override
  public void copyDoubles(int column, int from, int count, double[] into) {
    long[] bits = columns.get(column).bits;
    for (int i = 0; i < count; i++) {
      into[i] = Double.longBitsToDouble(bits[from + i]);
    }
  }

  @Override
  public void copyBits(int column, int from, int[] some, int count, long[] into) {
    long[] bits = columns.get(column).bits;
    for (int i = 0; i < count; i++) {
      into[i] = bits[from + some[i]];
    }
  }

  @Override
  public void copyStrings(int column, int from, int count, byte[][] into) {
    System.arraycopy(columns.get(column).strings, from, into, 0, count);
  }
}
