package io.varve.query.operator;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A string that is the same in all rows of a batch and changes from series to series. Its array is
 * filled only when somebody asks for it, and only as far as there are rows: with thousands of
 * series of few rows each, filling would cost more than reading them.
 */
final class TagColumn implements Column {
  private byte[] value = new byte[0];
  private byte[][] strings = new byte[0][];
  private int filled;
  private int rows;

  /** Takes the value of another series. */
  void setValue(byte[] utf8) {
    if (utf8 != value) {
      value = utf8;
      filled = 0;
    }
  }

  /** Comes to a batch of so many rows. */
  void setRows(int count) {
    rows = count;
  }

  /** The value of every row. */
  byte[] value() {
    return value;
  }

  @Override
  public FieldType type() {
    return FieldType.STRING;
  }

  @Override
  public boolean isAbsent() {
    return false;
  }

  @Override
  public long @Nullable [] presence() {
    return null;
  }

  @Override
  public double[] doubles() {
    return new double[0];
  }

  @Override
  public long[] longs() {
    return new long[0];
  }

  @Override
  public byte[][] strings() {
    if (filled < rows) {
      if (strings.length == 0) {
        strings = new byte[ColumnBatch.MAX_ROWS][];
      }
      Arrays.fill(strings, filled, rows, value);
      filled = rows;
    }
    return strings;
  }

  @Override
  public @Nullable ColumnStats stats() {
    return null;
  }
}
