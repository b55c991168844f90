package io.varve.storage.read;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A batch that is one source which nothing overlaps, or a part of it, decoded on demand. */
final class SourceBatch implements ColumnBatch {
  private static final long[] NO_TIMES = {};

  private final SourceColumn[] columns;
  private long[] times = NO_TIMES;
  private @Nullable RowSource source;
  private boolean timesRead;
  private int fromRow;
  private int rowCount;
  private long firstNanos;
  private long lastNanos;

  SourceBatch(int columnCount) {
    columns = new SourceColumn[columnCount];
    for (int i = 0; i < columnCount; i++) {
      columns[i] = new SourceColumn(i);
    }
  }

  /**
   * Moves to the rows of a source that lie in the range; false if there are none.
   *
   * @param newSource one that {@linkplain RowSource#standsAlone stands alone}
   */
  boolean open(RowSource newSource, TimeRange range) {
    source = newSource;
    timesRead = false;
    fromRow = 0;
    rowCount = newSource.rowCount();
    for (SourceColumn column : columns) {
      column.read = false;
    }
    firstNanos = newSource.firstTimestampNanos();
    lastNanos = newSource.lastTimestampNanos();
    if (!range.covers(firstNanos, lastNanos)) {
      cut(newSource, range);
    }
    return rowCount > 0;
  }

  private void cut(RowSource from, TimeRange range) {
    int rows = rowCount;
    boolean steady = from.isSteady() && lastNanos - firstNanos > 0;
    long step = steady ? (lastNanos - firstNanos) / (rows - 1) : 0;
    if (!steady) {
      readTimes(from);
    }
    fromRow = lowerBound(step, rows, range.startNanos());
    int toRow =
        range.endNanos() == Long.MAX_VALUE ? rows : lowerBound(step, rows, range.endNanos());
    rowCount = Math.max(0, toRow - fromRow);
    if (rowCount > 0) {
      long start = firstNanos;
      firstNanos = steady ? start + fromRow * step : times[fromRow];
      lastNanos = steady ? start + (toRow - 1) * step : times[toRow - 1];
    }
    if (!steady) {
      shiftTimes();
    }
  }

  private void readTimes(RowSource from) {
    if (times.length < from.rowCount()) {
      times = new long[from.rowCount()];
    }
    from.readTimes(times);
  }

  private void shiftTimes() {
    System.arraycopy(times, fromRow, times, 0, rowCount);
    timesRead = true;
  }

  /**
   * The first row of the source that is not before a time.
   *
   * @param step how far apart the rows lie; 0 if their times have been read
   */
  private int lowerBound(long step, int count, long timestampNanos) {
    if (step == 0) {
      int at = Arrays.binarySearch(times, 0, count, timestampNanos);
      return at < 0 ? -at - 1 : at;
    }
    if (timestampNanos <= firstNanos) {
      return 0;
    }
    return timestampNanos > lastNanos
        ? count
        : (int) ((timestampNanos - firstNanos - 1) / step) + 1;
  }

  private RowSource source() {
    if (source == null) {
      throw new IllegalStateException("no batch is open");
    }
    return source;
  }

  private boolean isCut() {
    return rowCount < source().rowCount();
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public long firstTimestampNanos() {
    return firstNanos;
  }

  @Override
  public long lastTimestampNanos() {
    return lastNanos;
  }

  @Override
  public long[] timestampsNanos() {
    if (!timesRead) {
      readTimes(source());
      shiftTimes();
    }
    return times;
  }

  @Override
  public boolean isSteady() {
    return source().isSteady();
  }

  @Override
  public Column column(int index) {
    return columns[index];
  }

  private final class SourceColumn implements Column {
    private final int index;
    private final ColumnValues values = new ColumnValues();
    private boolean read;

    SourceColumn(int index) {
      this.index = index;
    }

    @Override
    public FieldType type() {
      FieldType type = source().type(index);
      return type == null ? values.type : type;
    }

    @Override
    public boolean isAbsent() {
      return source().type(index) == null;
    }

    @Override
    public long @Nullable [] presence() {
      long[] presence = source().presence(index);
      if (presence == null || !isCut()) {
        return presence;
      }
      long[] cut = new long[Bitmaps.words(rowCount)];
      Bitmaps.copy(presence, fromRow, rowCount, cut);
      return cut;
    }

    private ColumnValues values() {
      if (!read) {
        source().readColumn(index, values);
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
    public void copyBits(int[] rows, int count, long[] into) {
      if (read || !source().copyBits(index, fromRow, rows, count, into)) {
        Column.super.copyBits(rows, count, into);
      }
    }

    @Override
    public @Nullable ColumnStats stats() {
      return isCut() ? null : source().stats(index);
    }

    @Override
    public @Nullable ColumnStats endStats() {
      int rows = source().rowCount();
      ColumnStats stats = fromRow + rowCount == rows ? source().stats(index) : null;
      return stats != null && stats.count() == rows ? stats : null;
    }

    @Override
    public boolean ascends() {
      return !isCut() && source().ascends(index);
    }
  }
}
