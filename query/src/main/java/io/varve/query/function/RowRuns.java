package io.varve.query.function;

import java.util.Arrays;

/** The rows of a batch cut at window borders; shared by all columns of the batch. */
public final class RowRuns {
  /** More than most queries of some panel's width have in a batch. */
  private static final int FIRST_CAPACITY = 64;

  private int[] starts = new int[FIRST_CAPACITY + 1];
  private long[] windows = new long[FIRST_CAPACITY];
  private int count;

  /** Begins anew. */
  public void clear() {
    count = 0;
  }

  /** Opens a run of the given window at a row. */
  public void add(int firstRow, long window) {
    if (count == windows.length) {
      starts = Arrays.copyOf(starts, 2 * count + 1);
      windows = Arrays.copyOf(windows, 2 * count);
    }
    starts[count] = firstRow;
    windows[count++] = window;
  }

  /** Ends the last run. */
  public void finish(int rowCount) {
    starts[count] = rowCount;
  }

  public int count() {
    return count;
  }

  /**
   * First row of each run, until the next {@link #add}, and behind the last run the number of rows.
   */
  public int[] starts() {
    return starts;
  }

  /** Window number of each run. */
  public long[] windows() {
    return windows;
  }
}
