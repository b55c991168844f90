package io.varve.storage;

import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the rows of batches into row groups of the most rows, or of so many bytes of strings as
 * the head takes. For one series at a time, on one thread.
 */
final class RowGroupBuilder {
  private static final int MAX_STRING_BYTES = 4 << 20;
  private static final int WORDS = RowGroup.MAX_ROWS / 64;

  private long[] times = new long[RowGroup.MAX_ROWS];
  private @Nullable ColumnData[] columns = new ColumnData[0];
  private int rowCount;
  private long stringBytes;

  /** Adds the rows of a batch, and passes groups on as they become full. */
  void add(int[] fieldIds, ColumnBatch batch, Consumer<RowGroup> full) {
    if (columns.length != fieldIds.length) {
      columns = new ColumnData[fieldIds.length];
    }
    long[] batchTimes = batch.timestampsNanos();
    int from = 0;
    while (from < batch.rowCount()) {
      int count = Math.min(batch.rowCount() - from, RowGroup.MAX_ROWS - rowCount);
      System.arraycopy(batchTimes, from, times, rowCount, count);
      for (int i = 0; i < fieldIds.length; i++) {
        if (!batch.column(i).isAbsent()) {
          copy(i, fieldIds[i], batch.column(i), from, count);
        }
      }
      rowCount += count;
      from += count;
      if (rowCount == RowGroup.MAX_ROWS || stringBytes >= MAX_STRING_BYTES) {
        finish(full);
      }
    }
  }

  /** Passes on what is left. */
  void finish(Consumer<RowGroup> last) {
    if (rowCount > 0) {
      RowGroup group = new RowGroup();
      group.rowCount = rowCount;
      group.timestampNanos = Arrays.copyOf(times, rowCount);
      for (ColumnData column : columns) {
        if (column != null && trim(column)) {
          group.columns.add(column);
        }
      }
      last.accept(group);
    }
    clear();
  }

  /** Forgets what has been added. */
  void clear() {
    Arrays.fill(columns, null);
    rowCount = 0;
    stringBytes = 0;
  }

  private void copy(int index, int fieldId, Column from, int fromRow, int count) {
    ColumnData to = columns[index];
    if (to == null) {
      to = newColumn(fieldId, from.type());
      columns[index] = to;
    }
    long[] presence = to.presence;
    if (presence == null) {
      throw new IllegalStateException("a column under construction has no presence bits");
    }
    long[] fromPresence = from.presence();
    for (int i = 0; i < count; i++) {
      int row = fromRow + i;
      if (fromPresence != null && (fromPresence[row >>> 6] >>> row & 1) == 0) {
        continue;
      }
      int target = rowCount + i;
      presence[target >>> 6] |= 1L << target;
      switch (to.type) {
        case FLOAT -> to.bits[target] = Double.doubleToRawLongBits(from.doubles()[row]);
        case STRING -> {
          to.strings[target] = from.strings()[row];
          stringBytes += to.strings[target].length;
        }
        default -> to.bits[target] = from.longs()[row];
      }
    }
  }

  private static ColumnData newColumn(int fieldId, FieldType type) {
    ColumnData column = new ColumnData(fieldId, type);
    column.decimals = PointBatch.UNKNOWN_DECIMALS;
    column.presence = new long[WORDS];
    if (type == FieldType.STRING) {
      column.strings = new byte[RowGroup.MAX_ROWS][];
    } else {
      column.bits = new long[RowGroup.MAX_ROWS];
    }
    return column;
  }

  /** Drops presence bits that say nothing; false if there is no value at all. */
  private boolean trim(ColumnData column) {
    long[] presence = column.presence;
    int values = 0;
    for (int word = 0; presence != null && word < WORDS; word++) {
      values += Long.bitCount(presence[word]);
    }
    if (values == rowCount) {
      column.presence = null;
    }
    return values > 0;
  }
}
