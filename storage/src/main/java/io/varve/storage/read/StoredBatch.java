package io.varve.storage.read;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A batch that is one row group which nothing overlaps, or a part of it, decoded on demand. */
final class StoredBatch implements ColumnBatch {
  private final StoredColumn[] columns;
  private final long[] times = new long[MAX_ROWS];
  private @Nullable StoredGroup group;
  private boolean timesRead;
  private int fromRow;
  private int rowCount;

  StoredBatch(int columnCount) {
    columns = new StoredColumn[columnCount];
    for (int i = 0; i < columnCount; i++) {
      columns[i] = new StoredColumn(i);
    }
  }

  /** Moves to the rows of a group that lie in the range; false if there are none. */
  boolean open(StoredGroup newGroup, TimeRange range) {
    group = newGroup;
    timesRead = false;
    fromRow = 0;
    rowCount = newGroup.rowCount();
    for (StoredColumn column : columns) {
      column.read = false;
    }
    if (!range.covers(newGroup.firstTimestampNanos(), newGroup.lastTimestampNanos())) {
      newGroup.readTimes(times);
      fromRow = lowerBound(rowCount, range.startNanos());
      int toRow =
          range.endNanos() == Long.MAX_VALUE ? rowCount : lowerBound(rowCount, range.endNanos());
      rowCount = Math.max(0, toRow - fromRow);
      System.arraycopy(times, fromRow, times, 0, rowCount);
      timesRead = true;
    }
    return rowCount > 0;
  }

  private int lowerBound(int count, long timestampNanos) {
    int at = Arrays.binarySearch(times, 0, count, timestampNanos);
    return at < 0 ? -at - 1 : at;
  }

  private StoredGroup group() {
    if (group == null) {
      throw new IllegalStateException("no batch is open");
    }
    return group;
  }

  private boolean isCut() {
    return rowCount < group().rowCount();
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public long firstTimestampNanos() {
    return isCut() ? times[0] : group().firstTimestampNanos();
  }

  @Override
  public long lastTimestampNanos() {
    return isCut() ? times[rowCount - 1] : group().lastTimestampNanos();
  }

  @Override
  public long[] timestampsNanos() {
    if (!timesRead) {
      group().readTimes(times);
      timesRead = true;
    }
    return times;
  }

  @Override
  public boolean isSteady() {
    return group().isSteady();
  }

  @Override
  public Column column(int index) {
    return columns[index];
  }

  private final class StoredColumn implements Column {
    private final int index;
    private final ColumnValues values = new ColumnValues();
    private final long[] cutPresence = new long[Bitmaps.words(MAX_ROWS)];
    private boolean read;

    StoredColumn(int index) {
      this.index = index;
    }

    @Override
    public FieldType type() {
      FieldType type = group().type(index);
      return type == null ? values.type : type;
    }

    @Override
    public boolean isAbsent() {
      return group().type(index) == null;
    }

    @Override
    public long @Nullable [] presence() {
      long[] presence = group().presence(index);
      if (presence == null || !isCut()) {
        return presence;
      }
      Bitmaps.copy(presence, fromRow, rowCount, cutPresence);
      return cutPresence;
    }

    private ColumnValues values() {
      if (!read) {
        group().readColumn(index, values);
        if (fromRow > 0) {
          values.copyRows(values, fromRow, 0, rowCount);
        }
        read = true;
      }
      return values;
    }

    @Override
    public double[] doubles() {
      return values().doubles;
    }

    @Override
    public long[] longs() {
      return values().longs;
    }

    @Override
    public byte[][] strings() {
      return values().strings;
    }

    @Override
    public @Nullable ColumnStats stats() {
      return isCut() ? null : group().stats(index);
    }

    @Override
    public boolean ascends() {
      return !isCut() && group().ascends(index);
    }
  }
}
