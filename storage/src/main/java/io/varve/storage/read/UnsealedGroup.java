package io.varve.storage.read;

import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/** Rows still in the head. */
final class UnsealedGroup extends RowSource {
  private final RowGroup rows;
  private final long rank;
  private final @Nullable ColumnData[] columns;

  /**
   * @param number place in the list of unsealed groups, oldest first
   */
  UnsealedGroup(RowGroup rows, int number, int[] fieldIds) {
    this.rows = rows;
    rank = UNSEALED_RANK + number;
    columns = new ColumnData[fieldIds.length];
    for (ColumnData column : rows.columns) {
      for (int i = 0; i < fieldIds.length; i++) {
        if (fieldIds[i] == column.fieldId) {
          columns[i] = column;
        }
      }
    }
  }

  /** Whether any column of the scan has values. */
  boolean isWanted() {
    for (ColumnData column : columns) {
      if (column != null) {
        return true;
      }
    }
    return false;
  }

  @Override
  long rank() {
    return rank;
  }

  @Override
  long firstTimestampNanos() {
    return rows.timestampNanos[0];
  }

  @Override
  long lastTimestampNanos() {
    return rows.timestampNanos[rows.rowCount - 1];
  }

  @Override
  int rowCount() {
    return rows.rowCount;
  }

  @Override
  void readTimes(long[] into) {
    System.arraycopy(rows.timestampNanos, 0, into, 0, rows.rowCount);
  }

  @Override
  @Nullable FieldType type(int column) {
    ColumnData data = columns[column];
    return data == null ? null : data.type;
  }

  @Override
  void readColumn(int column, ColumnValues into) {
    ColumnData data = columns[column];
    if (data == null) {
      throw new IllegalStateException("column " + column + " is absent");
    }
    into.prepare(data.type);
    switch (data.type) {
      case FLOAT -> {
        for (int i = 0; i < rows.rowCount; i++) {
          into.doubles[i] = Double.longBitsToDouble(data.bits[i]);
        }
      }
      case STRING -> System.arraycopy(data.strings, 0, into.strings, 0, rows.rowCount);
      default -> System.arraycopy(data.bits, 0, into.longs, 0, rows.rowCount);
    }
    into.presence = data.presence;
  }
}
