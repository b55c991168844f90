package io.varve.query.operator;

import io.varve.query.CodedTexts;
import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * A tag of rows of many series, as the numbers of their runs. Its array of texts is filled only
 * when somebody asks for it.
 */
final class RunColumn implements Column, CodedTexts {
  private final int column;
  private RowRuns.@Nullable Tags tags;
  private int[] codes = new int[0];
  private int rows;
  private boolean filled;
  private boolean counted;
  private boolean anyNull;
  private boolean anyValue;
  private byte[][] strings = new byte[0][];
  private long[] present = new long[0];

  RunColumn(int column) {
    this.column = column;
  }

  /** Comes to other rows. */
  void set(RowRuns.Tags newTags, int[] runs, int count) {
    tags = newTags;
    codes = runs;
    rows = count;
    filled = false;
    counted = false;
  }

  @Override
  public int[] codes() {
    return codes;
  }

  @Override
  public byte @Nullable [] text(int code) {
    return tags().value(code, column);
  }

  @Override
  public Object space() {
    return tags();
  }

  private RowRuns.Tags tags() {
    if (tags == null) {
      throw new IllegalStateException("no rows");
    }
    return tags;
  }

  @Override
  public FieldType type() {
    return FieldType.STRING;
  }

  private void count() {
    if (counted) {
      return;
    }
    counted = true;
    anyNull = false;
    anyValue = false;
    for (int row = 0; row < rows; row++) {
      boolean isNull = text(codes[row]) == null;
      anyNull |= isNull;
      anyValue |= !isNull;
    }
  }

  @Override
  public boolean isAbsent() {
    count();
    return !anyValue;
  }

  @Override
  public long @Nullable [] presence() {
    count();
    if (!anyNull) {
      return null;
    }
    if (present.length == 0) {
      present = new long[Bitmap.WORDS];
    }
    Bitmap.clear(present, rows);
    for (int row = 0; row < rows; row++) {
      if (text(codes[row]) != null) {
        Bitmap.set(present, row);
      }
    }
    return present;
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
    if (!filled) {
      filled = true;
      if (strings.length == 0) {
        strings = new byte[ColumnBatch.MAX_ROWS][];
      }
      for (int row = 0; row < rows; row++) {
        strings[row] = text(codes[row]);
      }
    }
    return strings;
  }

  @Override
  public @Nullable ColumnStats stats() {
    return null;
  }
}
