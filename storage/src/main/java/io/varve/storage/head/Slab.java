package io.varve.storage.head;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.TimeRange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one series in the order of arrival, row by row in one {@code long[]}: the time, presence
 * bits unless every row has every column, and one word per column. In front of the rows are the
 * most decimals seen of each column, four bits each.
 *
 * <p>A string's word is {@code offset << 32 | length} into bytes beside the rows.
 *
 * <p>The writer appends, and merges a row into the last one if their times are equal. Readers see
 * the rows up to a count published with release semantics; of a merge they see each value for
 * itself. Arrays are replaced when they grow, never cut. Other columns mean another slab.
 *
 * <p>Readers as of a moment ({@link Moments}) see the rows that there were then: before the first
 * row after a moment that somebody holds, their count is noted. Into rows that are so counted
 * nothing is merged.
 */
final class Slab {
  private static final VarHandle ROW_COUNT;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int FIRST_ROWS = 8;
  private static final int ROWS_TO_DOUBLE = 256;

  /** Most words of a slab with more than one row: 2 MiB. */
  static final int MAX_WORDS = 1 << 18;

  /** Most bytes of strings of a slab with more than one row. */
  static final int MAX_STRING_BYTES = 4 << 20;

  /** Object headers and fields of a slab and its array, with compressed references. */
  private static final int OBJECT_BYTES = 72 + 16;

  private static final byte[] NO_STRINGS = {};
  private static final Deleted[] NO_DELETIONS = {};
  private static final long[] NO_COUNTS = {};

  /** A range without rows, for all moments later than one. */
  private record Deleted(TimeRange range, long moment) {}

  static {
    try {
      ROW_COUNT = MethodHandles.lookup().findVarHandle(Slab.class, "rowCount", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final ColumnSet columns;

  /** Higher than those of the slabs of the series with earlier arrivals. */
  final int number;

  /** Words of presence bits per row; 0 if every row has every column. */
  private final int presenceWords;

  /** Words per row. */
  private final int stride;

  private volatile long[] words;
  private volatile byte[] strings;
  private int stringBytes;
  private int rowCount;
  private boolean sorted = true;
  private volatile boolean frozen;

  /** Times whose rows are deleted; only of a frozen slab. The array is never changed. */
  private volatile Deleted[] deleted = NO_DELETIONS;

  /** The newest moment before the last change of rows. Set before the rows change. */
  private volatile long changedAfter;

  /**
   * Ascending pairs of a moment and the row count as of it, which holds for moments down to the one
   * of the pair before, too. The array is never changed; set before {@link #changedAfter}.
   */
  private volatile long[] counts = NO_COUNTS;

  /** The slab with earlier arrivals. Changed under the monitor of the series. */
  volatile @Nullable Slab older;

  /** What checkpoints have stored of these rows. Changed under the monitor of the series. */
  @Nullable PartialState partial;

  Slab(ColumnSet columns, boolean sparse, @Nullable Slab older, int number) {
    this.columns = columns;
    this.number = number;
    this.presenceWords = sparse ? (columns.size() + 63) >>> 6 : 0;
    this.stride = 1 + presenceWords + columns.size();
    this.words = new long[headerWords() + FIRST_ROWS * stride];
    this.strings = NO_STRINGS;
    this.older = older;
  }

  /** A slab with the same rows and room for presence bits or more columns. */
  Slab(Slab from, ColumnSet columns) {
    this.columns = columns;
    this.number = from.number;
    this.presenceWords = (columns.size() + 63) >>> 6;
    this.stride = 1 + presenceWords + columns.size();
    this.strings = from.strings;
    this.stringBytes = from.stringBytes;
    this.rowCount = from.rowCount;
    this.sorted = from.sorted;
    this.older = from.older;
    this.partial = from.partial;
    this.counts = from.counts;
    this.changedAfter = from.changedAfter;
    long[] target = new long[headerWords() + Math.max(FIRST_ROWS, rowCount + 1) * stride];
    long[] source = from.words;
    System.arraycopy(source, 0, target, 0, from.headerWords());
    for (int row = 0; row < rowCount; row++) {
      int in = from.rowStart(row);
      int out = rowStart(row);
      target[out] = source[in];
      if (from.presenceWords == 0) {
        setAll(target, out + 1, from.columns.size());
      } else {
        System.arraycopy(source, in + 1, target, out + 1, from.presenceWords);
      }
      System.arraycopy(
          source,
          in + 1 + from.presenceWords,
          target,
          out + 1 + presenceWords,
          from.columns.size());
    }
    this.words = target;
  }

  // Writer.

  boolean isSparse() {
    return presenceWords > 0;
  }

  /** Whether another row, with so many bytes of strings, has no room. */
  boolean isFull(int moreStringBytes) {
    return rowCount > 0
        && (rowCount == RowGroup.MAX_ROWS
            || rowStart(rowCount) + stride > MAX_WORDS
            || lacksRoomFor(moreStringBytes));
  }

  /** Whether strings of so many bytes have no room in the last row. */
  boolean lacksRoomFor(int moreStringBytes) {
    return moreStringBytes > 0 && stringBytes + (long) moreStringBytes > MAX_STRING_BYTES;
  }

  /** Words the rows would take with more columns. */
  long wordsWith(int moreColumns) {
    return (long) rowCount * (stride + moreColumns);
  }

  boolean endsWith(long timestampNanos) {
    return rowCount > 0 && words[rowStart(rowCount - 1)] == timestampNanos;
  }

  /** Whether a row of a time goes into the last row. */
  boolean mergesWith(long timestampNanos) {
    return endsWith(timestampNanos) && rowCount > countedRows();
  }

  /**
   * To be called before rows change. The answer is by how many bytes the slab has grown.
   *
   * <p>Without a moment since the last change this is one comparison.
   */
  int beforeChange(Moments moments) {
    long last = moments.last();
    long after = changedAfter;
    if (after == last) {
      return 0;
    }
    int before = countBytes();
    if (moments.isHeldBetween(after, last)) {
      noteCount(moments, last);
    } else if (before > 0 && !moments.isHeldBetween(0, after)) {
      counts = NO_COUNTS;
    }
    changedAfter = last;
    return countBytes() - before;
  }

  /** Adds a pair, and leaves out those that nobody needs any more. */
  private void noteCount(Moments moments, long last) {
    long[] known = counts;
    long[] now = new long[known.length + 2];
    int length = 0;
    long after = 0;
    for (int i = 0; i < known.length; i += 2) {
      if (moments.isHeldBetween(after, known[i])) {
        now[length++] = known[i];
        now[length++] = known[i + 1];
      }
      after = known[i];
    }
    now[length++] = last;
    now[length++] = rowCount;
    counts = length == now.length ? now : Arrays.copyOf(now, length);
  }

  private int countedRows() {
    long[] known = counts;
    return known.length == 0 ? 0 : (int) known[known.length - 1];
  }

  private int countBytes() {
    long[] known = counts;
    return known.length == 0 ? 0 : 16 + known.length * Long.BYTES;
  }

  /** Words of the last row and of where the next goes, read so that the processor has them. */
  long touch() {
    long[] rows = words;
    int next = rowStart(rowCount);
    return rows[Math.min(next, rows.length - 1)] ^ rows[Math.max(0, next - stride)];
  }

  void freeze() {
    frozen = true;
  }

  /** Hides all rows of a range for good, for who reads later than a moment; takes no more. */
  void delete(TimeRange range, long moment) {
    freeze();
    Deleted[] more = Arrays.copyOf(deleted, deleted.length + 1);
    more[deleted.length] = new Deleted(range, moment);
    deleted = more;
  }

  /** Makes room for a row; the answer is by how many bytes the slab has grown. */
  int reserveRow() {
    long[] now = words;
    int end = rowStart(rowCount) + stride;
    if (end <= now.length) {
      return 0;
    }
    // Long ones by half only, as they are most of what the head takes.
    int more = rowCount < ROWS_TO_DOUBLE ? rowCount : rowCount / 2;
    int rows = Math.min(RowGroup.MAX_ROWS, Math.max(FIRST_ROWS, rowCount + more));
    words = Arrays.copyOf(now, Math.max(end, headerWords() + rows * stride));
    return (words.length - now.length) * Long.BYTES;
  }

  /** Appends a row with a value, not a string, for every column in order. */
  void appendFull(long timestampNanos, long[] bits, byte[] decimals) {
    long[] to = words;
    int count = columns.size();
    int at = rowStart(rowCount);
    noteTime(to, timestampNanos);
    to[at] = timestampNanos;
    if (presenceWords > 0) {
      setAll(to, at + 1, count);
    }
    System.arraycopy(bits, 0, to, at + 1 + presenceWords, count);
    for (int column = 0; column < count; column++) {
      if (decimals[column] != 0) {
        noteDecimals(to, column, decimals[column]);
      }
    }
    ROW_COUNT.setRelease(this, rowCount + 1);
  }

  /** Starts a row; its values follow by {@link #set}, then {@link #endRow}. */
  void beginRow(long timestampNanos) {
    long[] to = words;
    noteTime(to, timestampNanos);
    to[rowStart(rowCount)] = timestampNanos;
  }

  /** Makes the row that was begun visible. */
  void endRow() {
    ROW_COUNT.setRelease(this, rowCount + 1);
  }

  /** The row that {@link #beginRow} started. */
  int openRow() {
    return rowCount;
  }

  int lastRow() {
    return rowCount - 1;
  }

  /** Sets a value of the open or the last row. */
  void set(int row, int column, long bits, int decimals) {
    long[] to = words;
    int at = rowStart(row);
    WORD.setRelease(to, at + 1 + presenceWords + column, bits);
    if (presenceWords > 0) {
      int word = at + 1 + (column >>> 6);
      WORD.setRelease(to, word, to[word] | 1L << column);
    }
    noteDecimals(to, column, decimals);
  }

  /** Copies a string; the answer is the word that stands for it. */
  long addString(byte[] from, int offset, int length) {
    byte[] to = strings;
    if (to.length - stringBytes < length) {
      int capacity = Math.max(Math.addExact(stringBytes, length), Math.max(64, to.length * 2));
      to = Arrays.copyOf(to, capacity);
    }
    System.arraycopy(from, offset, to, stringBytes, length);
    strings = to;
    long word = (long) stringBytes << 32 | length;
    stringBytes += length;
    return word;
  }

  // Any thread.

  boolean isFrozen() {
    return frozen;
  }

  /** Whether rows were deleted from this slab. */
  boolean hasDeletions() {
    return deleted.length > 0;
  }

  /** Whether rows of a time were deleted from this slab before a moment. */
  boolean isDeleted(long timestampNanos, long moment) {
    for (Deleted each : deleted) {
      if (each.moment < moment && each.range.contains(timestampNanos)) {
        return true;
      }
    }
    return false;
  }

  /** Whether every row has a value in every column, and all of them are numbers. */
  boolean isDense() {
    return presenceWords == 0 && !columns.hasStrings;
  }

  /** Rows that may be read now. */
  int rowCount() {
    return (int) ROW_COUNT.getAcquire(this);
  }

  /** Rows that there were at a moment, which is held: if it is not, any number up to that now. */
  int rowCount(long moment) {
    int now = rowCount();
    if (changedAfter < moment) {
      return now;
    }
    long[] known = counts;
    for (int i = 0; i < known.length; i += 2) {
      if (known[i] >= moment) {
        return (int) known[i + 1];
      }
    }
    return now;
  }

  /** The rows as of a count read before; to be read by the methods below. */
  long[] words() {
    return words;
  }

  /** Whether times ascend strictly; for rows counted before, a yes is certain. */
  boolean isSorted() {
    return sorted;
  }

  void copyTimestamps(long[] rows, int from, int count, long[] to) {
    copy(rows, rowStart(from), count, to);
  }

  /** Copies a column, not of strings, whether rows have values in it or not. */
  void copyColumn(long[] rows, int from, int count, int column, long[] to) {
    copy(rows, rowStart(from) + 1 + presenceWords + column, count, to);
  }

  private void copy(long[] rows, int start, int count, long[] to) {
    int step = stride;
    int at = start;
    for (int row = 0; row < count; row++, at += step) {
      to[row] = rows[at];
    }
  }

  /** Copies a column of floats. */
  void copyDoubles(long[] rows, int from, int count, int column, double[] to) {
    int step = stride;
    int at = rowStart(from) + 1 + presenceWords + column;
    for (int row = 0; row < count; row++, at += step) {
      to[row] = Double.longBitsToDouble(rows[at]);
    }
  }

  long timestamp(long[] rows, int row) {
    return rows[rowStart(row)];
  }

  boolean has(long[] rows, int row, int column) {
    return presenceWords == 0
        || ((long) WORD.getAcquire(rows, rowStart(row) + 1 + (column >>> 6)) & 1L << column) != 0;
  }

  long bits(long[] rows, int row, int column) {
    return rows[rowStart(row) + 1 + presenceWords + column];
  }

  byte[] string(long[] rows, int row, int column) {
    long word = (long) WORD.getAcquire(rows, rowStart(row) + 1 + presenceWords + column);
    int offset = (int) (word >>> 32);
    return Arrays.copyOfRange(strings, offset, offset + (int) word);
  }

  int decimals(long[] rows, int column) {
    return (int) (rows[column >>> 4] >>> ((column & 15) * 4)) & 15;
  }

  /** Heap bytes of this slab. */
  long bytes() {
    return OBJECT_BYTES + (long) words.length * Long.BYTES + strings.length + countBytes();
  }

  private int headerWords() {
    return (columns.size() + 15) >>> 4;
  }

  private int rowStart(int row) {
    return headerWords() + row * stride;
  }

  private void noteTime(long[] rows, long timestampNanos) {
    if (rowCount > 0 && sorted && timestampNanos <= rows[rowStart(rowCount - 1)]) {
      sorted = false;
    }
  }

  private static void noteDecimals(long[] rows, int column, int decimals) {
    int shift = (column & 15) * 4;
    long header = rows[column >>> 4];
    if (decimals > (header >>> shift & 15)) {
      rows[column >>> 4] = (header & ~(15L << shift)) | (long) Math.min(decimals, 15) << shift;
    }
  }

  private static void setAll(long[] rows, int from, int count) {
    int word = from;
    for (int rest = count; rest > 0; rest -= 64) {
      rows[word++] = rest >= 64 ? -1L : (1L << rest) - 1;
    }
  }
}
