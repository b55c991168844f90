package io.varve.storage.head;

import io.varve.storage.chunk.SortedRows;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a slab, where they are: for slabs in order without missing values and without strings.
 *
 * <p>Taken once, it keeps the slab's rows and their count of then. The writer only adds rows behind
 * that count, and for readers of a moment changes none before it; if the slab grows or gets more
 * columns, it gets other {@link PackedRows}.
 */
final class SlabRows implements SortedRows {
  private final Slab slab;
  private final PackedRows rows;
  private final int firstRow;
  private final int rowCount;

  private SlabRows(Slab slab, PackedRows rows, int firstRow, int rowCount) {
    this.slab = slab;
    this.rows = rows;
    this.firstRow = firstRow;
    this.rowCount = rowCount;
  }

  /**
   * The rows of a range in some slabs, oldest first; null if they have to be put in order first, or
   * have gaps, strings or deleted rows.
   *
   * @param moment as of when
   */
  static @Nullable List<SlabRows> of(List<Slab> slabs, TimeRange range, long moment) {
    List<SlabRows> result = new ArrayList<>(slabs.size());
    long previous = Long.MIN_VALUE;
    boolean any = false;
    for (int i = 0; i < slabs.size(); i++) {
      Slab slab = slabs.get(i);
      // In this order: rows so counted are sorted if the slab is, and among the rows that it has.
      int count = slab.rowCount(moment);
      boolean sorted = slab.isSorted();
      PackedRows rows = slab.rows();
      if (count == 0) {
        continue;
      }
      if (!sorted
          || !slab.isDense()
          || slab.hasDeletions()
          || (any && rows.timestamp(0) <= previous)) {
        return null;
      }
      previous = rows.timestamp(count - 1);
      any = true;
      int from = lowerBound(rows, count, range.startNanos());
      int to =
          range.endNanos() == Long.MAX_VALUE ? count : lowerBound(rows, count, range.endNanos());
      if (from < to) {
        result.add(new SlabRows(slab, rows, from, to - from));
      }
    }
    return result;
  }

  /** The first row that is not before a time. */
  private static int lowerBound(PackedRows rows, int count, long timestampNanos) {
    if (rows.timestamp(0) >= timestampNanos) {
      return 0;
    }
    if (rows.timestamp(count - 1) < timestampNanos) {
      return count;
    }
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rows.timestamp(middle) < timestampNanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public long timestampNanos(int row) {
    return rows.timestamp(firstRow + row);
  }

  @Override
  public void copyTimestamps(int from, int count, long[] into) {
    rows.copyTimestamps(firstRow + from, count, into);
  }

  @Override
  public boolean isSteady() {
    return rows.isSteady();
  }

  @Override
  public int columnOf(int fieldId) {
    return slab.columns.indexOf(fieldId, 0);
  }

  @Override
  public FieldType type(int column) {
    return FieldType.ofCode(slab.columns.types[column]);
  }

  @Override
  public long @Nullable [] presence(int column) {
    return null;
  }

  @Override
  public void copyLongs(int column, int from, int count, long[] into) {
    rows.copyBits(firstRow + from, count, column, into);
  }

  @Override
  public void copyDoubles(int column, int from, int count, double[] into) {
    rows.copyDoubles(firstRow + from, count, column, into);
  }

  @Override
  public void copyBits(int column, int from, int[] some, int count, long[] into) {
    rows.copyBits(firstRow + from, some, count, column, into);
  }

  @Override
  public void copyStrings(int column, int from, int count, byte[][] into) {
    throw new IllegalStateException("rows with strings are not read in place");
  }
}
