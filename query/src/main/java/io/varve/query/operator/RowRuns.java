package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of several series, collected in runs of ascending time, one run a series, and then ordered
 * by time.
 *
 * <p>Rows lie as rows: they are collected column by column, but asked for in another order of rows
 * and from all series at once, so that a place for each column would be a cache miss a cell. Even
 * so each row of one time lies on another page. So a part of the series is {@linkplain #arranged
 * put in order} as soon as it is read, while it is in the nearer cache; its rows are one run then,
 * and what other collections take over.
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
  private final SegmentPool pool;

  /** Columns of which some row may be null. */
  private final boolean[] anyNull;

  /** Columns whose strings were copied. */
  private final boolean[] owned;

  /** Columns of strings that are not the same for all rows of a series. */
  private final boolean[] perRow;

  private Tags tags;

  private RowSegment[] segments = new RowSegment[4];
  private int segmentCount;

  private int rows;
  private long stringBytes;

  private int[] runStarts = new int[16];
  private int[] runEnds = new int[16];
  private int runs;
  private int series;

  private int[] order = new int[0];

  /** Values on their way; made when there are some. */
  private long[] bits = {};

  /**
   * No rows.
   *
   * @param firstRows rows for which there is room at once when there are any; at most {@link
   *     RowSegment#ROWS}
   * @param pool where segments come from and go to
   */
  RowRuns(RowLayout layout, int firstRows, SegmentPool pool) {
    this.layout = layout;
    this.firstRows = firstRows;
    this.pool = pool;
    anyNull = new boolean[layout.columns()];
    owned = new boolean[layout.columns()];
    perRow = new boolean[layout.columns()];
    tags = new Tags(layout);
  }

  /** The tags of series; of one collection as long as it is filled and read. */
  static final class Tags {
    private final RowLayout layout;
    private byte[][] values = new byte[0][];

    Tags(RowLayout layout) {
      this.layout = layout;
    }

    byte @Nullable [] value(int ofSeries, int column) {
      int at = ofSeries * layout.strings() + layout.places()[column];
      return at < values.length ? values[at] : null;
    }

    /** The most bytes that the texts of a series have together. */
    private long longest(int series) {
      long longest = 0;
      int end = Math.min(values.length, series * layout.strings());
      for (int from = 0; from < end; from += layout.strings()) {
        long bytes = 0;
        for (int i = from; i < from + layout.strings(); i++) {
          bytes += values[i] == null ? 0 : values[i].length;
        }
        longest = Math.max(longest, bytes);
      }
      return longest;
    }

    private void set(int ofSeries, int column, byte[] value) {
      reserve(ofSeries + 1);
      values[ofSeries * layout.strings() + layout.places()[column]] = value;
    }

    private void reserve(int series) {
      int needed = series * layout.strings();
      if (values.length < needed) {
        values = Arrays.copyOf(values, Math.max(needed, values.length * 2));
      }
    }

    private void put(int firstSeries, Tags from, int series) {
      reserve(firstSeries + series);
      int count = Math.min(from.values.length, series * layout.strings());
      System.arraycopy(from.values, 0, values, firstSeries * layout.strings(), count);
    }
  }

  void clear() {
    for (int s = 0; s < segmentCount; s++) {
      pool.give(segments[s]);
    }
    letSegmentsGo();
  }

  private void letSegmentsGo() {
    Arrays.fill(segments, 0, segmentCount, null);
    segmentCount = 0;
    rows = 0;
    runs = 0;
    series = 0;
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

  /** Begins the rows of another series, which are a run. */
  void beginSeries() {
    series++;
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
      into.append(rowKeys, done, piece, series - 1);
      done += piece;
    }
    count(first, count);
    return first;
  }

  private RowSegment lastWithRoom() {
    if (segmentCount == 0 || segments[segmentCount - 1].rows == RowSegment.ROWS) {
      add(newSegment(segmentCount == 0 ? firstRows : RowSegment.ROWS));
    }
    return segments[segmentCount - 1];
  }

  private RowSegment newSegment(int room) {
    return room == RowSegment.ROWS ? pool.take(layout) : new RowSegment(layout, room);
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
      tags.set(series - 1, column, tag.value());
      return;
    }
    boolean texts = layout.isString(column);
    perRow[column] |= texts;
    if (!texts) {
      bits = bits.length == 0 ? new long[ColumnBatch.MAX_ROWS] : bits;
      from.copyBits(positions, count, bits);
    }
    int done = 0;
    while (done < count) {
      int row = firstRow + done;
      int place = row & RowSegment.MASK;
      int piece = Math.min(count - done, RowSegment.ROWS - place);
      if (texts) {
        long copied = segment(row).setStrings(column, place, from, positions, done, piece);
        owned[column] |= copied > 0;
        stringBytes += copied;
      } else {
        segment(row).set(column, place, bits, done, piece);
      }
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

  /**
   * These rows in order, as one run, which takes no more room than it needs; none are left here.
   */
  RowRuns arranged() {
    sort();
    RowRuns result = new RowRuns(layout, firstRows, pool);
    for (int done = 0; done < rows; ) {
      int end = Math.min(rows, done + RowSegment.ROWS);
      RowSegment into = newSegment(end - done);
      for (; done < end; done++) {
        int row = order[done];
        into.append(segment(row), row & RowSegment.MASK);
      }
      result.add(into);
    }
    result.addRun(0, rows);
    result.rows = rows;
    result.series = series;
    result.tags = tags;
    result.takeColumns(this);
    clear();
    return result;
  }

  /** What is known of the columns of rows taken over. */
  private void takeColumns(RowRuns from) {
    for (int c = 0; c < layout.columns(); c++) {
      anyNull[c] |= from.anyNull[c];
      owned[c] |= from.owned[c];
      perRow[c] |= from.perRow[c];
    }
    stringBytes += from.stringBytes;
  }

  /** Takes over all runs of another collection of the same columns, which is empty afterwards. */
  void takeRuns(RowRuns from) {
    int base = segmentCount << RowSegment.SHIFT;
    for (int s = 0; s < from.segmentCount; s++) {
      RowSegment taken = from.segments[s];
      if (taken.rows < taken.keys.length) {
        taken.resize(taken.rows);
      }
      taken.firstSeries += series;
      add(taken);
    }
    tags.put(series, from.tags, from.series);
    series += from.series;
    for (int r = 0; r < from.runs; r++) {
      addRun(base + from.runStarts[r], base + from.runEnds[r]);
    }
    rows += from.rows;
    takeColumns(from);
    from.letSegmentsGo();
  }

  /** Drops all rows whose key is not below {@code end}, and their memory. */
  void truncate(long end) {
    RowRuns kept = new RowRuns(layout, firstRows, pool);
    for (int r = 0; r < runs; r++) {
      int to = runStarts[r];
      while (to < runEnds[r] && keyOf(to) < end) {
        to++;
      }
      kept.copyRun(this, runStarts[r], to);
    }
    kept.takeColumns(this);
    kept.tags = tags;
    kept.series = series;
    kept.stringBytes = kept.countStringBytes();
    clear();
    takeRuns(kept);
  }

  private void copyRun(RowRuns from, int start, int end) {
    addRun(0, 0);
    for (int row = start; row < end; row++) {
      RowSegment into = lastWithRoom();
      int number = ((segmentCount - 1) << RowSegment.SHIFT) + into.rows;
      into.reserve(1);
      into.append(from.segment(row), row & RowSegment.MASK);
      count(number, 1);
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

  /** Whether a column has the same text in all rows of a series. */
  boolean isPerSeries(int column) {
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
    long row = (long) NUMBER_BYTES * layout.columns() + tags.longest(series);
    return (int) Math.max(1, Math.min(ColumnBatch.MAX_ROWS, bytes / row));
  }

  /** The texts of columns that have one for each series. */
  Tags tags() {
    return tags;
  }

  /** The series of a row by its number, as {@link #tags} count them. */
  int seriesOf(int row) {
    RowSegment segment = segment(row);
    return segment.series[row & RowSegment.MASK] + segment.firstSeries;
  }
}
