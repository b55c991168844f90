package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of several series, collected run by run, one run a series, and then ordered by time.
 *
 * <p>Rows lie as rows: they are collected column by column, but asked for in another order of rows
 * and from all series at once, so that a place for each column would be a cache miss a cell. The
 * runs of a part that was read elsewhere are taken over as they are.
 *
 * <p>The number of a row is that of its {@linkplain RowSegment segment} and its place therein. Any
 * segment may be short, so numbers have gaps between runs, but never in one. {@link RowOrder} says
 * in which order rows are read.
 */
final class RowRuns {
  /** About what a number is long as text, with all around it. */
  private static final int NUMBER_BYTES = 16;

  private final RowLayout layout;
  private final int firstRows;

  /** Columns of which some row may be null. */
  private final boolean[] anyNull;

  /** Columns whose strings were copied. */
  private final boolean[] owned;

  /** Columns of strings that are not the same for all rows of a run. */
  private final boolean[] perRow;

  private Tags tags;

  private RowSegment[] segments = new RowSegment[4];
  private int segmentCount;
  private int rows;
  private long stringBytes;

  private int[] runStarts = new int[16];
  private int[] runEnds = new int[16];
  private int runs;

  private int[] order = new int[0];

  /**
   * No rows.
   *
   * @param firstRows rows for which there is room at once when there are any; at most {@link
   *     RowSegment#ROWS}
   */
  RowRuns(RowLayout layout, int firstRows) {
    this.layout = layout;
    this.firstRows = firstRows;
    anyNull = new boolean[layout.columns()];
    owned = new boolean[layout.columns()];
    perRow = new boolean[layout.columns()];
    tags = new Tags(layout);
  }

  /** The tags of runs; of one collection as long as it is filled and read. */
  static final class Tags {
    private final RowLayout layout;
    private byte[][] values = new byte[0][];

    Tags(RowLayout layout) {
      this.layout = layout;
    }

    byte @Nullable [] value(int run, int column) {
      int at = run * layout.strings() + layout.places()[column];
      return at < values.length ? values[at] : null;
    }

    /** The most bytes that the texts of a run have together. */
    private long longest(int runs) {
      long longest = 0;
      int end = Math.min(values.length, runs * layout.strings());
      for (int from = 0; from < end; from += layout.strings()) {
        long bytes = 0;
        for (int i = from; i < from + layout.strings(); i++) {
          bytes += values[i] == null ? 0 : values[i].length;
        }
        longest = Math.max(longest, bytes);
      }
      return longest;
    }

    private void set(int run, int column, byte[] value) {
      reserve(run + 1);
      values[run * layout.strings() + layout.places()[column]] = value;
    }

    private void reserve(int runs) {
      int needed = runs * layout.strings();
      if (values.length < needed) {
        values = Arrays.copyOf(values, Math.max(needed, values.length * 2));
      }
    }

    private void put(int firstRun, Tags from, int runs) {
      reserve(firstRun + runs);
      int count = Math.min(from.values.length, runs * layout.strings());
      System.arraycopy(from.values, 0, values, firstRun * layout.strings(), count);
    }
  }

  void clear() {
    Arrays.fill(segments, 0, segmentCount, null);
    segmentCount = 0;
    rows = 0;
    runs = 0;
    stringBytes = 0;
    Arrays.fill(anyNull, false);
    Arrays.fill(owned, false);
    Arrays.fill(perRow, false);
    tags = new Tags(layout);
  }

  int rows() {
    return rows;
  }

  /** Memory held for the rows and for putting them in order. */
  long bytes() {
    return (long) rows * Long.BYTES * (2 + layout.width() + layout.strings()) + stringBytes;
  }

  // ---- runs

  /** Begins the rows of another series. */
  void beginRun() {
    addRun(0, 0);
  }

  private void addRun(int start, int end) {
    if (runs == runStarts.length) {
      runStarts = Arrays.copyOf(runStarts, runs * 2);
      runEnds = Arrays.copyOf(runEnds, runs * 2);
    }
    runStarts[runs] = start;
    runEnds[runs++] = end;
  }

  int runs() {
    return runs;
  }

  /** The number of the first row of a run. */
  int runStart(int run) {
    return runStarts[run];
  }

  /** The number behind that of the last row of a run. */
  int runEnd(int run) {
    return runEnds[run];
  }

  private int length(int run) {
    return runEnds[run] - runStarts[run];
  }

  /** Rows of the current run. */
  int rowsInRun() {
    return length(runs - 1);
  }

  /** Rows of the longest run. */
  int longestRun() {
    int longest = 0;
    for (int r = 0; r < runs; r++) {
      longest = Math.max(longest, length(r));
    }
    return longest;
  }

  /** The key in the middle of the longest run, which must have two rows or more. */
  long middleOfLongestRun() {
    int longest = longestRun();
    for (int r = 0; r < runs; r++) {
      if (length(r) == longest) {
        return keyOf(runStarts[r] + longest / 2);
      }
    }
    throw new IllegalStateException("no runs");
  }

  // ---- collecting

  /** Appends the keys of rows to the current run and returns the number of the first. */
  int append(long[] rowKeys, int count) {
    RowSegment last = lastWithRoom();
    int first = ((segmentCount - 1) << RowSegment.SHIFT) + last.rows;
    int done = 0;
    while (done < count) {
      RowSegment into = lastWithRoom();
      int piece = Math.min(count - done, RowSegment.ROWS - into.rows);
      into.append(rowKeys, done, piece, runs - 1);
      done += piece;
    }
    count(first, count);
    return first;
  }

  private RowSegment lastWithRoom() {
    if (segmentCount == 0 || segments[segmentCount - 1].rows == RowSegment.ROWS) {
      add(new RowSegment(layout, segmentCount == 0 ? firstRows : RowSegment.ROWS));
    }
    return segments[segmentCount - 1];
  }

  private void add(RowSegment segment) {
    if (segmentCount == segments.length) {
      segments = Arrays.copyOf(segments, segmentCount * 2);
    }
    segments[segmentCount++] = segment;
  }

  /** Counts rows that were appended into the current run. */
  private void count(int first, int count) {
    if (rowsInRun() == 0) {
      runStarts[runs - 1] = first;
    }
    runEnds[runs - 1] = first + count;
    rows += count;
  }

  /** Sets a column of rows appended together: those of {@code from} at these positions. */
  void set(int column, int firstRow, Column from, int[] positions, int count) {
    if (from.isAbsent() || from.presence() != null) {
      markNulls(column, firstRow, from, positions, count);
    }
    if (from.isAbsent()) {
      return;
    }
    if (from instanceof TagColumn tag) {
      tags.set(runs - 1, column, tag.value());
      return;
    }
    perRow[column] |= layout.isString(column);
    int done = 0;
    while (done < count) {
      int row = firstRow + done;
      int place = row & RowSegment.MASK;
      int piece = Math.min(count - done, RowSegment.ROWS - place);
      long copied = segment(row).set(column, place, from, positions, done, piece);
      owned[column] |= copied > 0;
      stringBytes += copied;
      done += piece;
    }
  }

  private void markNulls(int column, int firstRow, Column from, int[] positions, int count) {
    anyNull[column] = true;
    long[] bits = from.isAbsent() ? null : from.presence();
    for (int i = 0; i < count; i++) {
      if (bits == null || !Bitmap.get(bits, positions[i])) {
        segment(firstRow + i).setNull(column, (firstRow + i) & RowSegment.MASK);
      }
    }
  }

  /** Takes over all runs of another collection of the same columns, which is empty afterwards. */
  void takeRuns(RowRuns from) {
    int base = segmentCount << RowSegment.SHIFT;
    for (int s = 0; s < from.segmentCount; s++) {
      RowSegment taken = from.segments[s];
      if (taken.rows < taken.keys.length) {
        taken.resize(taken.rows);
      }
      taken.firstRun += runs;
      add(taken);
    }
    tags.put(runs, from.tags, from.runs);
    for (int r = 0; r < from.runs; r++) {
      addRun(base + from.runStarts[r], base + from.runEnds[r]);
    }
    for (int c = 0; c < layout.columns(); c++) {
      anyNull[c] |= from.anyNull[c];
      owned[c] |= from.owned[c];
      perRow[c] |= from.perRow[c];
    }
    rows += from.rows;
    stringBytes += from.stringBytes;
    from.clear();
  }

  /** Drops all rows whose key is not below {@code end}, and their memory. */
  void truncate(long end) {
    RowRuns kept = new RowRuns(layout, firstRows);
    for (int r = 0; r < runs; r++) {
      kept.beginRun();
      int to = runStarts[r];
      while (to < runEnds[r] && keyOf(to) < end) {
        to++;
      }
      kept.copyRows(this, runStarts[r], to);
    }
    System.arraycopy(anyNull, 0, kept.anyNull, 0, anyNull.length);
    System.arraycopy(owned, 0, kept.owned, 0, owned.length);
    System.arraycopy(perRow, 0, kept.perRow, 0, perRow.length);
    kept.tags.put(0, tags, runs);
    kept.stringBytes = kept.countStringBytes();
    clear();
    takeRuns(kept);
  }

  private void copyRows(RowRuns from, int start, int end) {
    int row = start;
    while (row < end) {
      RowSegment into = lastWithRoom();
      int place = row & RowSegment.MASK;
      int piece = Math.min(end - row, RowSegment.ROWS - Math.max(place, into.rows));
      int first = ((segmentCount - 1) << RowSegment.SHIFT) + into.rows;
      into.append(from.segment(row), place, piece, runs - 1);
      if (row == start) {
        runStarts[runs - 1] = first;
      }
      runEnds[runs - 1] = first + piece;
      rows += piece;
      row += piece;
    }
  }

  private long countStringBytes() {
    long bytes = 0;
    for (int c = 0; c < owned.length; c++) {
      for (int s = 0; s < segmentCount && owned[c]; s++) {
        RowSegment segment = segments[s];
        for (int row = 0; row < segment.rows; row++) {
          byte[] value = segment.string(c, row);
          bytes += value == null ? 0 : RowSegment.stringBytes(value);
        }
      }
    }
    return bytes;
  }

  // ---- reading

  /** The segment of a row by its number. */
  RowSegment segment(int row) {
    return segments[row >>> RowSegment.SHIFT];
  }

  /** The key of a row by its number. */
  long keyOf(int row) {
    return segment(row).keys[row & RowSegment.MASK];
  }

  /** Orders the rows by their keys, those of one key by their runs. */
  void sort() {
    order = RowOrder.of(this, order);
  }

  /** The numbers of the rows in order. */
  int[] order() {
    return order;
  }

  /** The key of a row by its place in the order. */
  long key(int index) {
    return keyOf(order[index]);
  }

  /** Whether a column may be null in some row. */
  boolean mayBeNull(int column) {
    return anyNull[column];
  }

  /** Whether a column has the same text in all rows of a run. */
  boolean isPerRun(int column) {
    return layout.isString(column) && !perRow[column];
  }

  /**
   * How many rows come to about so many bytes of text, and fit in a block; 0 if any row may be of
   * any length.
   */
  int rowsOfText(long bytes) {
    for (boolean any : perRow) {
      if (any) {
        return 0;
      }
    }
    long row = (long) NUMBER_BYTES * layout.columns() + tags.longest(runs);
    return (int) Math.max(1, Math.min(ColumnBatch.MAX_ROWS, bytes / row));
  }

  /** The texts of columns that have one for each run. */
  Tags tags() {
    return tags;
  }

  /** The run of a row by its number. */
  int runOf(int row) {
    RowSegment segment = segment(row);
    return segment.runs[row & RowSegment.MASK] + segment.firstRun;
  }
}
