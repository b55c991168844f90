package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@value #ROWS} rows that lie as rows, and their keys. Grows to that size and no further, so
 * that rows seldom move, and no array is so large that the collector would treat it apart.
 */
final class RowSegment {
  static final int SHIFT = 10;
  static final int ROWS = 1 << SHIFT;
  static final int MASK = ROWS - 1;

  private static final byte[][] NONE = {};

  private RowLayout layout;
  long[] keys;
  long[] cells;

  /** The series of each row, counted from {@link #firstSeries}. */
  int[] series;

  int firstSeries;

  /** Strings that are not the same for a series; empty until there are some. */
  byte[][] strings = NONE;

  int rows;

  RowSegment(RowLayout layout, int capacity) {
    this.layout = layout;
    keys = new long[capacity];
    cells = new long[capacity * layout.width()];
    series = new int[capacity];
  }

  /** Bytes of its arrays, but for strings. */
  long bytes() {
    return (long) Long.BYTES * (keys.length + cells.length) + (long) Integer.BYTES * series.length;
  }

  /** Comes to rows of another layout, without any; false if they would not fit. */
  boolean begin(RowLayout newLayout) {
    layout = newLayout;
    return cells.length == keys.length * newLayout.width();
  }

  /** Makes the arrays long enough for so many rows, or as short as that. */
  void resize(int capacity) {
    keys = Arrays.copyOf(keys, capacity);
    cells = Arrays.copyOf(cells, capacity * layout.width());
    series = Arrays.copyOf(series, capacity);
    if (strings.length > 0) {
      strings = Arrays.copyOf(strings, capacity * layout.strings());
    }
  }

  /** Forgets its rows. */
  void clear() {
    rows = 0;
    firstSeries = 0;
    strings = NONE;
  }

  /** Makes room for rows; there must be so many left to the full size. */
  void reserve(int count) {
    if (keys.length - rows < count) {
      resize(Math.min(ROWS, Math.max(rows + count, 2 * keys.length)));
    }
  }

  /** Appends rows without values; there must be so many left to the full size. */
  void append(long[] rowKeys, int from, int count, int ofSeries) {
    reserve(count);
    System.arraycopy(rowKeys, from, keys, rows, count);
    Arrays.fill(series, rows, rows + count, ofSeries - firstSeries);
    int width = layout.width();
    for (int word = 0; word < layout.nullWords(); word++) {
      // Of rows that were here before.
      for (int at = rows * width + word; at < (rows + count) * width; at += width) {
        cells[at] = 0;
      }
    }
    rows += count;
  }

  /** Appends a row of another segment of the same layout, for which there is room. */
  void append(RowSegment from, int row) {
    keys[rows] = from.keys[row];
    series[rows] = from.series[row] + from.firstSeries - firstSeries;
    int width = layout.width();
    System.arraycopy(from.cells, row * width, cells, rows * width, width);
    if (from.strings.length > 0) {
      prepareStrings();
      int texts = layout.strings();
      System.arraycopy(from.strings, row * texts, strings, rows * texts, texts);
    }
    rows++;
  }

  private void prepareStrings() {
    if (strings.length == 0) {
      strings = new byte[keys.length * layout.strings()][];
    }
  }

  /** A string that was set for the row, and not for its run; null if there is none. */
  byte @Nullable [] string(int column, int row) {
    return strings.length == 0 ? null : strings[row * layout.strings() + layout.places()[column]];
  }

  void setNull(int column, int row) {
    cells[row * layout.width() + (column >>> 6)] |= 1L << column;
  }

  boolean isNull(int column, int row) {
    return (cells[row * layout.width() + (column >>> 6)] & 1L << column) != 0;
  }

  /** Sets a column of numbers in {@code count} rows; null ones are marked by others. */
  void set(int column, int row, long[] bits, int first, int count) {
    int width = layout.width();
    int at = row * width + layout.places()[column];
    for (int i = first; i < first + count; i++) {
      cells[at] = bits[i];
      at += width;
    }
  }

  /**
   * Sets a column of strings, of the rows of {@code from} at {@code count} positions from {@code
   * first} on. The null among them are marked by others.
   *
   * @return bytes of strings that had to be copied
   */
  long setStrings(int column, int row, Column from, int[] positions, int first, int count) {
    int step = layout.strings();
    int at = row * step + layout.places()[column];
    prepareStrings();
    byte[][] source = from.strings();
    boolean shared = from instanceof Constant;
    long[] presence = from.presence();
    long copied = 0;
    for (int i = first; i < first + count; i++) {
      if (Bitmap.get(presence, positions[i])) {
        byte[] value = source[positions[i]];
        strings[at] = shared ? value : value.clone();
        copied += shared ? 0 : stringBytes(value);
      }
      at += step;
    }
    return copied;
  }

  /** Memory of a string that is kept. */
  static long stringBytes(byte[] value) {
    return value.length + 16L;
  }
}
