package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import java.util.List;

/** Rows that are kept for an answer, and given out in the order in which they were appended. */
final class RowBuffer {
  private final FieldType[] types;
  private final double[][] doubles;
  private final long[][] longs;
  private final byte[][][] strings;
  private final long[][] present;
  private long[] keys = new long[1024];
  private int rows;
  private long stringBytes;
  private final long[] scratch = new long[Bitmap.WORDS];

  RowBuffer(List<ColumnExpression> columns) {
    int n = columns.size();
    types = new FieldType[n];
    doubles = new double[n][];
    longs = new long[n][];
    strings = new byte[n][][];
    present = new long[n][];
    for (int c = 0; c < n; c++) {
      types[c] = columns.get(c).type();
      present[c] = new long[keys.length / 64];
      doubles[c] = types[c] == FieldType.FLOAT ? new double[keys.length] : new double[0];
      strings[c] = types[c] == FieldType.STRING ? new byte[keys.length][] : new byte[0][];
      boolean inLongs = types[c] != FieldType.FLOAT && types[c] != FieldType.STRING;
      longs[c] = inLongs ? new long[keys.length] : new long[0];
    }
  }

  void clear() {
    rows = 0;
    stringBytes = 0;
    for (long[] bits : present) {
      Arrays.fill(bits, 0);
    }
    for (byte[][] values : strings) {
      Arrays.fill(values, null);
    }
  }

  int rows() {
    return rows;
  }

  /** Memory held for the rows. */
  long bytes() {
    return (long) rows * (2 * Long.BYTES + Long.BYTES * types.length) + stringBytes;
  }

  /** Appends the key of a row and returns the row's number. */
  int append(long key) {
    if (rows == keys.length) {
      grow();
    }
    keys[rows] = key;
    return rows++;
  }

  /** Sets a column of an appended row. */
  void set(int column, int row, Column from, int fromRow) {
    if (from.isAbsent() || !Bitmap.get(from.presence(), fromRow)) {
      return;
    }
    present[column][row >>> 6] |= 1L << row;
    switch (types[column]) {
      case FLOAT -> doubles[column][row] = from.doubles()[fromRow];
      case STRING -> {
        if (from instanceof TagColumn tag) {
          strings[column][row] = tag.value();
          return;
        }
        byte[] value = from.strings()[fromRow];
        if (from instanceof Constant) {
          strings[column][row] = value;
        } else {
          strings[column][row] = value.clone();
          stringBytes += value.length + 16;
        }
      }
      default -> longs[column][row] = from.longs()[fromRow];
    }
  }

  /** The key of a row. */
  long timeOf(int row) {
    return keys[row];
  }

  /** Makes an appended row another one, whose columns have no values yet. */
  void overwrite(int row, long key) {
    keys[row] = key;
    for (int c = 0; c < types.length; c++) {
      present[c][row >>> 6] &= ~(1L << row);
      if (types[c] == FieldType.STRING && strings[c][row] != null) {
        stringBytes = Math.max(0, stringBytes - strings[c][row].length - 16);
        strings[c][row] = null;
      }
    }
  }

  /** Appends a row of another buffer with the same columns. */
  void append(RowBuffer from, int fromRow, long key) {
    int row = append(key);
    for (int c = 0; c < types.length; c++) {
      if ((from.present[c][fromRow >>> 6] & 1L << fromRow) == 0) {
        continue;
      }
      present[c][row >>> 6] |= 1L << row;
      switch (types[c]) {
        case FLOAT -> doubles[c][row] = from.doubles[c][fromRow];
        case STRING -> {
          strings[c][row] = from.strings[c][fromRow];
          stringBytes += strings[c][row].length + 16;
        }
        default -> longs[c][row] = from.longs[c][fromRow];
      }
    }
  }

  /** Sets a column of an appended row to a float. */
  void setDouble(int column, int row, double value) {
    doubles[column][row] = value;
    present[column][row >>> 6] |= 1L << row;
  }

  /** Sets a column of an appended row to a value that is carried in 64 bits. */
  void setLong(int column, int row, long value) {
    longs[column][row] = value;
    present[column][row >>> 6] |= 1L << row;
  }

  /** Sets a column of an appended row to a string. */
  void setString(int column, int row, byte[] value) {
    strings[column][row] = value;
    stringBytes += value.length + 16;
    present[column][row >>> 6] |= 1L << row;
  }

  private void grow() {
    int capacity = keys.length * 2;
    keys = Arrays.copyOf(keys, capacity);
    for (int c = 0; c < types.length; c++) {
      present[c] = Arrays.copyOf(present[c], capacity / 64);
      switch (types[c]) {
        case FLOAT -> doubles[c] = Arrays.copyOf(doubles[c], capacity);
        case STRING -> strings[c] = Arrays.copyOf(strings[c], capacity);
        default -> longs[c] = Arrays.copyOf(longs[c], capacity);
      }
    }
  }

  /** Copies a column of {@code count} rows from {@code first} on, which begins a word of bits. */
  void read(int column, int first, int count, Vector into) {
    into.reset(count);
    System.arraycopy(present[column], first >>> 6, scratch, 0, Bitmap.words(count));
    into.setPresence(scratch);
    switch (types[column]) {
      case FLOAT -> System.arraycopy(doubles[column], first, into.doubles(), 0, count);
      case STRING -> System.arraycopy(strings[column], first, into.strings(), 0, count);
      default -> System.arraycopy(longs[column], first, into.longs(), 0, count);
    }
  }
}
