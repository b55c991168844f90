package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * A column of up to {@link ColumnBatch#MAX_ROWS} rows that operators fill, reused from block to
 * block. Every row starts out as null; setting a value makes it present.
 */
public final class Vector implements Column {
  private static final double[] NO_DOUBLES = new double[0];
  private static final long[] NO_LONGS = new long[0];
  private static final byte[][] NO_STRINGS = new byte[0][];

  private final FieldType type;
  private final long[] present = new long[Bitmap.WORDS];
  private final double[] doubles;
  private final long[] longs;
  private final byte[][] strings;
  private int rows;
  private int values;

  public Vector(FieldType type) {
    this(type, ColumnBatch.MAX_ROWS);
  }

  /**
   * As the other constructor, for fewer rows.
   *
   * @param maxRows the most rows it will have, 1 to {@link ColumnBatch#MAX_ROWS}
   */
  public Vector(FieldType type, int maxRows) {
    this.type = type;
    doubles = type == FieldType.FLOAT ? new double[maxRows] : NO_DOUBLES;
    strings = type == FieldType.STRING ? new byte[maxRows][] : NO_STRINGS;
    longs = doubles.length + strings.length == 0 ? new long[maxRows] : NO_LONGS;
  }

  /**
   * A column of values that are there already.
   *
   * @param type neither float nor string
   * @param longs the values, taken over
   */
  public Vector(FieldType type, long[] longs) {
    this.type = type;
    this.longs = longs;
    doubles = NO_DOUBLES;
    strings = NO_STRINGS;
  }

  /** Makes all of the first {@code rows} rows null. */
  public void reset(int rows) {
    Bitmap.clear(present, rows);
    this.rows = rows;
    values = 0;
  }

  /** Forgets the rows from {@code rows} on, all of which are null. */
  public void shorten(int rows) {
    this.rows = rows;
  }

  /** Marks rows as present whose values the caller writes into the arrays; null for all. */
  public void setPresence(long @Nullable [] bits) {
    if (bits == null) {
      Bitmap.fill(present, rows);
      values = rows;
    } else {
      System.arraycopy(bits, 0, present, 0, Bitmap.words(rows));
      values = Bitmap.count(present, rows);
    }
  }

  public void setDouble(int row, double value) {
    doubles[row] = value;
    mark(row);
  }

  public void setLong(int row, long value) {
    longs[row] = value;
    mark(row);
  }

  public void setString(int row, byte[] value) {
    strings[row] = value;
    mark(row);
  }

  /** Copies a row of a column of the same type, null included. */
  public void copy(int row, Column from, int fromRow) {
    if (from.isAbsent() || !Bitmap.get(from.presence(), fromRow)) {
      return;
    }
    switch (type) {
      case FLOAT -> setDouble(row, from.doubles()[fromRow]);
      case STRING -> setString(row, from.strings()[fromRow]);
      default -> setLong(row, from.longs()[fromRow]);
    }
  }

  /**
   * Takes {@code count} rows of a column of the same type, nulls included; they become the rows of
   * this vector.
   *
   * @param positions their numbers in that column
   */
  public void gather(Column from, int[] positions, int count) {
    reset(count);
    if (from.isAbsent()) {
      return;
    }
    long[] bits = from.presence();
    if (bits == null) {
      Bitmap.fill(present, count);
      values = count;
    } else {
      for (int i = 0; i < count; i++) {
        if (Bitmap.get(bits, positions[i])) {
          Bitmap.set(present, i);
          values++;
        }
      }
    }
    switch (type) {
      case FLOAT -> {
        double[] source = from.doubles();
        for (int i = 0; i < count; i++) {
          doubles[i] = source[positions[i]];
        }
      }
      case STRING -> {
        byte[][] source = from.strings();
        for (int i = 0; i < count; i++) {
          strings[i] = source[positions[i]];
        }
      }
      default -> {
        long[] source = from.longs();
        for (int i = 0; i < count; i++) {
          longs[i] = source[positions[i]];
        }
      }
    }
  }

  private void mark(int row) {
    if (!Bitmap.get(present, row)) {
      Bitmap.set(present, row);
      values++;
    }
  }

  /** Whether the row has a value. */
  public boolean isPresent(int row) {
    return Bitmap.get(present, row);
  }

  @Override
  public FieldType type() {
    return type;
  }

  @Override
  public boolean isAbsent() {
    return values == 0;
  }

  @Override
  public long @Nullable [] presence() {
    return values == rows ? null : present;
  }

  @Override
  public double[] doubles() {
    return doubles;
  }

  @Override
  public long[] longs() {
    return longs;
  }

  @Override
  public byte[][] strings() {
    return strings;
  }

  @Override
  public @Nullable ColumnStats stats() {
    return null;
  }
}
