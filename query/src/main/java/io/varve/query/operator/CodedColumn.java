package io.varve.query.operator;

import io.varve.query.CodedTexts;
import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * A tag of rows of many series, as codes. Its array of texts is filled only when somebody asks for
 * it.
 */
abstract class CodedColumn implements Column, CodedTexts {
  private int[] codes = new int[0];
  private int rows;
  private boolean filled;
  private boolean counted;
  private boolean anyNull;
  private boolean anyValue;
  private byte[][] strings = new byte[0][];
  private long[] present = new long[0];

  /** Comes to other rows. */
  final void set(int[] newCodes, int count) {
    codes = newCodes;
    rows = count;
    filled = false;
    counted = false;
  }

  @Override
  public final int[] codes() {
    return codes;
  }

  @Override
  public final FieldType type() {
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
  public final boolean isAbsent() {
    count();
    return !anyValue;
  }

  @Override
  public final long @Nullable [] presence() {
    count();
    if (!anyNull) {
      return null;
    }
    if (present.length < Bitmap.words(rows)) {
      present = new long[Bitmap.words(rows)];
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
  public final double[] doubles() {
    return new double[0];
  }

  @Override
  public final long[] longs() {
    return new long[0];
  }

  @Override
  public final byte[][] strings() {
    if (!filled) {
      filled = true;
      if (strings.length < rows) {
        strings = new byte[rows][];
      }
      for (int row = 0; row < rows; row++) {
        strings[row] = text(codes[row]);
      }
    }
    return strings;
  }

  @Override
  public final @Nullable ColumnStats stats() {
    return null;
  }
}
