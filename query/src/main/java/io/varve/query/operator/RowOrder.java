package io.varve.query.operator;

import java.util.Arrays;

/**
 * The order of rows by their keys, of runs that ascend in their keys; rows of one key stay in the
 * order of their runs.
 *
 * <p>Keys are times, and times of metrics are spread evenly: cut into as many equal intervals as
 * there are rows, each has a few rows, or many of one time. So the rows are counted by interval and
 * put in place, run by run, and what is left to do is to insert within an interval: n steps in all,
 * where merging runs pairwise takes n log(runs), each a branch nobody can foresee. Where rows crowd
 * in few intervals the runs are merged all the same.
 */
final class RowOrder {
  /** Rows of an interval up to which inserting is cheap. */
  private static final int MAX_INSERTED = 32;

  /** More intervals would be an array that the collector treats apart. */
  private static final int MAX_BITS = 16;

  /** Fewer rows are merged. */
  private static final int MIN_COUNTED = 16;

  private RowOrder() {}

  /**
   * The numbers of the rows in order.
   *
   * @param space an array that is used if it is long enough
   */
  static int[] of(RowRuns rows, int[] space) {
    int count = rows.rows();
    int[] order = space.length < count ? new int[count] : space;
    if (rows.runs() > 1 && count >= MIN_COUNTED && byInterval(rows, order)) {
      return order;
    }
    return merged(rows, order);
  }

  // ---- by interval

  /** False if some interval has rows of many times; the order is then without meaning. */
  private static boolean byInterval(RowRuns rows, int[] order) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (int r = 0; r < rows.runs(); r++) {
      if (rows.runStart(r) < rows.runEnd(r)) {
        first = Math.min(first, rows.keyOf(rows.runStart(r)));
        last = Math.max(last, rows.keyOf(rows.runEnd(r) - 1));
      }
    }
    long span = last - first;
    if (span < 0) {
      return false;
    }
    int bits = Math.min(MAX_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(rows.rows()));
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(span) - bits);
    int intervals = (int) (span >>> shift) + 1;
    int[] ends = new int[intervals];
    for (int r = 0; r < rows.runs(); r++) {
      int end = rows.runEnd(r);
      for (int row = rows.runStart(r); row < end; row++) {
        ends[(int) ((rows.keyOf(row) - first) >>> shift)]++;
      }
    }
    int before = 0;
    for (int i = 0; i < intervals; i++) {
      int here = ends[i];
      ends[i] = before;
      before += here;
    }
    for (int r = 0; r < rows.runs(); r++) {
      int end = rows.runEnd(r);
      for (int row = rows.runStart(r); row < end; row++) {
        order[ends[(int) ((rows.keyOf(row) - first) >>> shift)]++] = row;
      }
    }
    return shift == 0 || insertAll(rows, order, ends);
  }

  private static boolean insertAll(RowRuns rows, int[] order, int[] ends) {
    int start = 0;
    for (int end : ends) {
      if (end - start > 1 && !insert(rows, order, start, end)) {
        return false;
      }
      start = end;
    }
    return true;
  }

  /** Orders the rows of an interval; false if it has many, and not in order. */
  private static boolean insert(RowRuns rows, int[] order, int start, int end) {
    long last = rows.keyOf(order[start]);
    for (int i = start + 1; i < end; i++) {
      int row = order[i];
      long key = rows.keyOf(row);
      if (key >= last) {
        last = key;
        continue;
      }
      if (end - start > MAX_INSERTED) {
        return false;
      }
      int at = i;
      while (at > start && rows.keyOf(order[at - 1]) > key) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = row;
    }
    return true;
  }

  // ---- by merging

  private static int[] merged(RowRuns rows, int[] space) {
    int[] from = space;
    int count = rows.runs();
    int[] starts = new int[count + 1];
    int at = 0;
    for (int r = 0; r < count; r++) {
      starts[r] = at;
      for (int row = rows.runStart(r); row < rows.runEnd(r); row++) {
        from[at++] = row;
      }
    }
    starts[count] = at;
    int[] into = count > 1 ? Arrays.copyOf(from, from.length) : from;
    while (count > 1) {
      int pairs = 0;
      for (int r = 0; r < count; r += 2) {
        int middle = starts[r + 1];
        int end = starts[Math.min(count, r + 2)];
        merge(rows, from, into, starts[r], middle, end);
        starts[pairs++] = starts[r];
      }
      starts[pairs] = at;
      count = pairs;
      int[] swap = from;
      from = into;
      into = swap;
    }
    return from;
  }

  private static void merge(RowRuns rows, int[] from, int[] into, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takeLeft =
          right >= end || (left < middle && rows.keyOf(from[left]) <= rows.keyOf(from[right]));
      into[at] = from[takeLeft ? left++ : right++];
    }
  }
}
