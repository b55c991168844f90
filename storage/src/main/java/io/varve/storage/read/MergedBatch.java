package io.varve.storage.read;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch that is a stretch of merged rows. */
final class MergedBatch implements ColumnBatch {
  private final MergedRows rows;
  private final MergedColumn[] columns;
  private final long[] times = new long[MAX_ROWS];
  private int fromRow;
  private int rowCount;

  MergedBatch(int columnCount) {
    rows = new MergedRows(columnCount);
    columns = new MergedColumn[columnCount];
    for (int i = 0; i < columnCount; i++) {
      columns[i] = new MergedColumn(i);
    }
  }

  /** Merges other sources; the answer is how many rows they have in the range. */
  int merge(List<RowSource> sources, TimeRange range) {
    rows.open(sources, range);
    return rows.rowCount();
  }

  /** Moves to rows [from, to) of the merged ones. */
  void open(int from, int to) {
    fromRow = from;
    rowCount = to - from;
    System.arraycopy(rows.times(), from, times, 0, rowCount);
    for (MergedColumn column : columns) {
      column.read = false;
    }
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public long firstTimestampNanos() {
    return times[0];
  }

  @Override
  public long lastTimestampNanos() {
    return times[rowCount - 1];
  }

  @Override
  public long[] timestampsNanos() {
    return times;
  }

  @Override
  public Column column(int index) {
    return columns[index];
  }

  private final class MergedColumn implements Column {
    private final int index;
    private final ColumnValues values = new ColumnValues();
    private final long[] presence = new long[Bitmaps.words(MAX_ROWS)];
    private int presentCount;
    private boolean read;

    MergedColumn(int index) {
      this.index = index;
    }

    private void read() {
      if (read) {
        return;
      }
      read = true;
      presentCount = 0;
      ColumnValues merged = rows.column(index);
      if (merged != null && merged.presence != null) {
        Bitmaps.copy(merged.presence, fromRow, rowCount, presence);
        presentCount = Bitmaps.count(presence, Bitmaps.words(rowCount));
        values.prepare(merged.type);
        values.copyRows(merged, fromRow, 0, rowCount);
      }
    }

    @Override
    public FieldType type() {
      FieldType type = rows.type(index);
      return type == null ? values.type : type;
    }

    @Override
    public boolean isAbsent() {
      read();
      return presentCount == 0;
    }

    @Override
    public long @Nullable [] presence() {
      read();
      return presentCount == rowCount ? null : presence;
    }

    @Override
    public double[] doubles() {
      read();
      return values.doubles;
    }

    @Override
    public long[] longs() {
      read();
      return values.longs;
    }

    @Override
    public byte[][] strings() {
      read();
      return values.strings;
    }

    @Override
    public @Nullable ColumnStats stats() {
      return null;
    }
  }
}
