package io.varve.query.function;

import io.varve.storage.ColumnBatch;

/** The rows of a batch cut at window borders; shared by all columns of the batch. */
public final class RowRuns {
  private final int[] starts = new int[ColumnBatch.MAX_ROWS + 1];
  private final long[] windows = new long[ColumnBatch.MAX_ROWS];
  private int count;

  /** Begins anew. */
  public void clear() {
    count = 0;
  }

  /** Opens a run of the given window at a row. */
  public void add(int firstRow, long window) {
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

  /** First row of each run, and behind the last run the number of rows. */
  public int[] starts() {
    return starts;
  }

  /** Window number of each run. */
  public long[] windows() {
    return windows;
  }
}
