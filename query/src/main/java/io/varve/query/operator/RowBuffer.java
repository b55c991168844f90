package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of several series, collected run by run and then ordered by time.
 *
 * <p>Each run ascends in its keys (times, or their complements when descending), so the order comes
 * from merging neighbouring runs pairwise: n log(runs) steps over primitive arrays, and rows of
 * equal time stay in the order of their runs.
 */
final class RowBuffer {
  private final FieldType[] types;
  private final double[][] doubles;
  private final long[][] longs;
  private final byte[][][] strings;
  private final long[][] present;
  private long[] keys = new long[1024];
  private int rows;
  private long stringBytes;
  private int[] runStarts = new int[16];
  private int runs;
  private int[] order = new int[0];

  /** Columns with a value in every row, when sorted. */
  private final boolean[] complete;

  private final long[] scratch = new long[Bitmap.WORDS];

  RowBuffer(List<ColumnExpression> columns) {
    int n = columns.size();
    types = new FieldType[n];
    doubles = new double[n][];
    longs = new long[n][];
    strings = new byte[n][][];
    present = new long[n][];
    complete = new boolean[n];
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
    runs = 0;
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

  /** Begins the rows of another series. */
  void beginRun() {
    if (runs == runStarts.length) {
      runStarts = Arrays.copyOf(runStarts, runs * 2);
    }
    runStarts[runs++] = rows;
  }

  /** Rows of the current run. */
  int rowsInRun() {
    return rows - runStarts[runs - 1];
  }

  /** Rows of the longest run. */
  int longestRun() {
    int longest = 0;
    for (int r = 0; r < runs; r++) {
      longest = Math.max(longest, runEnd(r) - runStarts[r]);
    }
    return longest;
  }

  /** The key in the middle of the longest run, which must have two rows or more. */
  long middleOfLongestRun() {
    int longest = longestRun();
    for (int r = 0; r < runs; r++) {
      if (runEnd(r) - runStarts[r] == longest) {
        return keys[runStarts[r] + longest / 2];
      }
    }
    throw new IllegalStateException("no runs");
  }

  private int runEnd(int run) {
    return run + 1 < runs ? runStarts[run + 1] : rows;
  }

  /** Appends the key of a row to the current run and returns the row's number. */
  int append(long key) {
    if (rows == keys.length) {
      grow();
    }
    keys[rows] = key;
    return rows++;
  }

  /** Appends the keys of rows to the current run and returns the number of the first. */
  int append(long[] rowKeys, int count) {
    while (keys.length - rows < count) {
      grow();
    }
    System.arraycopy(rowKeys, 0, keys, rows, count);
    rows += count;
    return rows - count;
  }

  /** Appends all runs of another buffer with the same columns. */
  void appendRuns(RowBuffer from) {
    int first = append(from.keys, from.rows);
    for (int r = 0; r < from.runs; r++) {
      if (runs == runStarts.length) {
        runStarts = Arrays.copyOf(runStarts, runs * 2);
      }
      runStarts[runs++] = first + from.runStarts[r];
    }
    stringBytes += from.stringBytes;
    for (int c = 0; c < types.length; c++) {
      long[] bits = from.present[c];
      int shift = first & 63;
      for (int w = 0; w << 6 < from.rows; w++) {
        int at = (first >>> 6) + w;
        present[c][at] |= bits[w] << shift;
        if (shift > 0 && at + 1 < present[c].length) {
          present[c][at + 1] |= bits[w] >>> -shift;
        }
      }
      switch (types[c]) {
        case FLOAT -> System.arraycopy(from.doubles[c], 0, doubles[c], first, from.rows);
        case STRING -> System.arraycopy(from.strings[c], 0, strings[c], first, from.rows);
        default -> System.arraycopy(from.longs[c], 0, longs[c], first, from.rows);
      }
    }
  }

  /** Sets a column of rows appended together: those of {@code from} at these positions. */
  void set(int column, int firstRow, Column from, int[] positions, int count) {
    if (from.isAbsent()) {
      return;
    }
    markPresent(present[column], firstRow, from.presence(), positions, count);
    switch (types[column]) {
      case FLOAT -> {
        double[] source = from.doubles();
        double[] into = doubles[column];
        for (int i = 0; i < count; i++) {
          into[firstRow + i] = source[positions[i]];
        }
      }
      case STRING -> setStrings(column, firstRow, from, positions, count);
      default -> {
        long[] source = from.longs();
        long[] into = longs[column];
        for (int i = 0; i < count; i++) {
          into[firstRow + i] = source[positions[i]];
        }
      }
    }
  }

  private static void markPresent(
      long[] bits, int firstRow, long @Nullable [] presence, int[] positions, int count) {
    int row = firstRow;
    int end = firstRow + count;
    while (row < end) {
      int rowsHere = Math.min(64 - (row & 63), end - row);
      long word = -1L;
      if (presence != null) {
        word = 0;
        for (int i = 0; i < rowsHere; i++) {
          word |= (Bitmap.get(presence, positions[row - firstRow + i]) ? 1L : 0L) << i;
        }
      } else if (rowsHere < 64) {
        word = (1L << rowsHere) - 1;
      }
      bits[row >>> 6] |= word << row;
      row += rowsHere;
    }
  }

  private void setStrings(int column, int firstRow, Column from, int[] positions, int count) {
    byte[][] into = strings[column];
    if (from instanceof TagColumn tag) {
      Arrays.fill(into, firstRow, firstRow + count, tag.value());
      return;
    }
    byte[][] source = from.strings();
    boolean shared = from instanceof Constant;
    long[] presence = from.presence();
    for (int i = 0; i < count; i++) {
      if (Bitmap.get(presence, positions[i])) {
        byte[] value = source[positions[i]];
        into[firstRow + i] = shared ? value : value.clone();
        stringBytes += shared ? 0 : value.length + 16;
      }
    }
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

  /** The key with which a row was appended. */
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

  /** Drops all rows whose key is not below {@code end}. */
  void truncate(long end) {
    int kept = 0;
    stringBytes = 0;
    for (int r = 0; r < runs; r++) {
      int from = runStarts[r];
      int to = runEnd(r);
      runStarts[r] = kept;
      for (int i = from; i < to && keys[i] < end; i++) {
        move(i, kept++);
      }
    }
    for (int i = kept; i < rows; i++) {
      for (int c = 0; c < types.length; c++) {
        present[c][i >>> 6] &= ~(1L << i);
        if (types[c] == FieldType.STRING) {
          strings[c][i] = null;
        }
      }
    }
    rows = kept;
  }

  private void move(int from, int to) {
    keys[to] = keys[from];
    for (int c = 0; c < types.length; c++) {
      boolean value = (present[c][from >>> 6] & 1L << from) != 0;
      if (!value) {
        present[c][to >>> 6] &= ~(1L << to);
        continue;
      }
      present[c][to >>> 6] |= 1L << to;
      switch (types[c]) {
        case FLOAT -> doubles[c][to] = doubles[c][from];
        case STRING -> {
          strings[c][to] = strings[c][from];
          stringBytes += strings[c][to].length + 16;
        }
        default -> longs[c][to] = longs[c][from];
      }
    }
  }

  /** Orders the rows; {@link #read} gives them in that order. */
  void sort() {
    int[] from = order.length < rows ? new int[keys.length] : order;
    for (int i = 0; i < rows; i++) {
      from[i] = i;
    }
    int[] into = new int[runs > 1 ? rows : 0];
    int[] starts = Arrays.copyOf(runStarts, runs + 1);
    starts[runs] = rows;
    int count = runs;
    while (count > 1) {
      int merged = 0;
      for (int r = 0; r < count; r += 2) {
        int middle = starts[r + 1];
        int end = r + 2 <= count ? starts[Math.min(count, r + 2)] : middle;
        merge(from, into, starts[r], middle, end);
        starts[merged++] = starts[r];
      }
      starts[merged] = rows;
      count = merged;
      int[] swap = from;
      from = into;
      into = swap;
    }
    order = from;
    for (int c = 0; c < types.length; c++) {
      complete[c] = isComplete(present[c]);
    }
  }

  private boolean isComplete(long[] bits) {
    int whole = rows >>> 6;
    long all = -1L;
    for (int w = 0; w < whole; w++) {
      all &= bits[w];
    }
    long rest = (1L << rows) - 1;
    return all == -1L && ((rows & 63) == 0 || (bits[whole] & rest) == rest);
  }

  private void merge(int[] from, int[] into, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takeLeft = right >= end || (left < middle && keys[from[left]] <= keys[from[right]]);
      into[at] = from[takeLeft ? left++ : right++];
    }
  }

  long key(int index) {
    return keys[order[index]];
  }

  private void readPresence(int column, int first, int count, Vector into) {
    if (complete[column]) {
      into.setPresence(null);
      return;
    }
    long[] bits = present[column];
    for (int w = 0; w < Bitmap.words(count); w++) {
      int from = first + (w << 6);
      int rowsHere = Math.min(64, count - (w << 6));
      long word = 0;
      for (int i = 0; i < rowsHere; i++) {
        int row = order[from + i];
        word |= (bits[row >>> 6] >>> row & 1L) << i;
      }
      scratch[w] = word;
    }
    into.setPresence(scratch);
  }

  /** Copies a column of {@code count} rows, in order from {@code first} on. */
  void read(int column, int first, int count, Vector into) {
    into.reset(count);
    readPresence(column, first, count, into);
    switch (types[column]) {
      case FLOAT -> {
        double[] source = doubles[column];
        double[] values = into.doubles();
        for (int i = 0; i < count; i++) {
          values[i] = source[order[first + i]];
        }
      }
      case STRING -> {
        byte[][] source = strings[column];
        byte[][] values = into.strings();
        for (int i = 0; i < count; i++) {
          values[i] = source[order[first + i]];
        }
      }
      default -> {
        long[] source = longs[column];
        long[] values = into.longs();
        for (int i = 0; i < count; i++) {
          values[i] = source[order[first + i]];
        }
      }
    }
  }
}
