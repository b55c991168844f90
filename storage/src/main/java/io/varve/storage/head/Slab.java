package io.varve.storage.head;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.TimeRange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one series in the order of arrival, in a form as narrow as their values allow.
 *
 * <p>The writer appends, and merges a row into the last one if their times are equal. Readers see
 * the rows up to a count published with release semantics; of a merge they see each value for
 * itself. What holds the rows is replaced when it grows or when a value needs a wider form, never
 * cut: who has taken it keeps the rows of then. Other columns mean another slab.
 *
 * <p>A string's word is {@code offset << 32 | length} into bytes beside the rows.
 *
 * <p>Readers as of a moment ({@link Moments}) see the rows that there were then: before the first
 * row after a moment that somebody holds, their count is noted. Into rows that are so counted
 * nothing is merged.
 */
final class Slab {
  private static final VarHandle ROW_COUNT;
  private static final int FIRST_ROWS = 8;
  private static final int ROWS_TO_DOUBLE = 256;

  /**
   * Most values of a slab with more than one row, where a time counts as one and 64 presence bits,
   * too: 2 MiB if all need their 8 bytes.
   */
  static final int MAX_VALUES = 1 << 18;

  /** Most bytes of strings of a slab with more than one row. */
  static final int MAX_STRING_BYTES = 4 << 20;

  /**
   * Rows that may be copied into a wider form in all, where each copy counts as 16 more. Then
   * follows the widest form. So a value is copied 8 times at most, by far seldom more than once.
   */
  private static final int MAX_CONVERTED_ROWS = 8 * RowGroup.MAX_ROWS;

  /** Heap bytes of a slab alone, with compressed references. */
  private static final int OBJECT_BYTES = 72;

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

  private volatile PackedRows rows;
  private volatile byte[] strings;
  private int stringBytes;
  private int rowCount;
  private int convertedRows;
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

  /**
   * @param noRows empty, and to be shared
   */
  Slab(PackedRows noRows, @Nullable Slab older, int number) {
    this.columns = noRows.layout.columns;
    this.number = number;
    this.rows = noRows;
    this.strings = NO_STRINGS;
    this.older = older;
  }

  /**
   * A slab with the same rows in a layout with room for them and for presence bits or more columns.
   */
  Slab(Slab from, SlabLayout layout) {
    this.columns = layout.columns;
    this.number = from.number;
    this.strings = from.strings;
    this.stringBytes = from.stringBytes;
    this.rowCount = from.rowCount;
    this.convertedRows = from.convertedRows;
    this.sorted = from.sorted;
    this.older = from.older;
    this.partial = from.partial;
    this.counts = from.counts;
    this.changedAfter = from.changedAfter;
    PackedRows before = from.rows;
    this.rows =
        before.convert(layout, before.times(), rowCount, Math.max(FIRST_ROWS, rowCount + 1));
  }

  // Writer.

  boolean isSparse() {
    return rows.layout.isSparse();
  }

  /** Whether another row, with so many bytes of strings, has no room. */
  boolean isFull(int moreStringBytes) {
    return rowCount >= rows.layout.maxRows || (rowCount > 0 && lacksRoomFor(moreStringBytes));
  }

  /** Whether strings of so many bytes have no room in the last row. */
  boolean lacksRoomFor(int moreStringBytes) {
    return moreStringBytes > 0 && stringBytes + (long) moreStringBytes > MAX_STRING_BYTES;
  }

  /** Values in all rows with more columns, as {@link #MAX_VALUES} counts them. */
  long valuesWith(int moreColumns) {
    return (long) rowCount * (SlabLayout.valuesPerRow(columns, isSparse()) + moreColumns);
  }

  boolean endsWith(long timestampNanos) {
    return rowCount > 0 && rows.timestamp(rowCount - 1) == timestampNanos;
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

  /** The last row and the place of the next, read so that the processor has them. */
  long touch() {
    return rows.touch(rowCount);
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
    PackedRows now = rows;
    if (rowCount < now.capacity()) {
      return 0;
    }
    // Long ones by half only, as they are most of what the head takes.
    int more = rowCount < ROWS_TO_DOUBLE ? rowCount : rowCount / 2;
    int most = Math.max(rowCount + 1, now.layout.maxRows);
    rows = now.withCapacity(Math.min(most, Math.max(FIRST_ROWS, rowCount + more)));
    return (int) (rows.bytes() - now.bytes());
  }

  /**
   * Appends a row with a value, not a string, for every column in order, if there is room for it.
   *
   * @return false if it needs a wider form; nothing is changed then
   */
  boolean appendFull(long timestampNanos, long[] bits, byte[] decimals) {
    PackedRows to = rows;
    if (!to.append(rowCount, timestampNanos, bits, decimals)) {
      return false;
    }
    noteTime(to, timestampNanos);
    ROW_COUNT.setRelease(this, rowCount + 1);
    return true;
  }

  /** Puts the rows into another form; the answer is by how many bytes the slab has grown. */
  int convert(SlabLayout layout, TimeScale times) {
    PackedRows now = rows;
    convertedRows += rowCount + 16;
    rows = now.convert(layout, times, rowCount, Math.max(FIRST_ROWS, now.capacity()));
    return (int) (rows.bytes() - now.bytes());
  }

  /** Whether it was put into other forms so often that the next has to be the widest. */
  boolean isOftenConverted() {
    return convertedRows > MAX_CONVERTED_ROWS;
  }

  /** Starts a row; its values follow by {@link #set}, then {@link #endRow}. */
  void beginRow(long timestampNanos) {
    PackedRows to = rows;
    to.begin(rowCount, timestampNanos);
    noteTime(to, timestampNanos);
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

  /** Sets a value, for which the form is wide enough, of the open or the last row. */
  void set(int row, int column, long bits) {
    rows.set(row, column, bits);
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
    return !isSparse() && !columns.hasStrings;
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

  /** The rows as of a count read before, or more of them. */
  PackedRows rows() {
    return rows;
  }

  /** Whether times ascend strictly; for rows counted before, a yes is certain. */
  boolean isSorted() {
    return sorted;
  }

  /** A string of some of the rows. */
  byte[] string(PackedRows of, int row, int column) {
    long word = of.bits(row, column);
    int offset = (int) (word >>> 32);
    return Arrays.copyOfRange(strings, offset, offset + (int) word);
  }

  /** Heap bytes of this slab. */
  long bytes() {
    return OBJECT_BYTES + rows.bytes() + strings.length + countBytes();
  }

  private void noteTime(PackedRows to, long timestampNanos) {
    if (rowCount > 0 && sorted && timestampNanos <= to.timestamp(rowCount - 1)) {
      sorted = false;
    }
  }
}
