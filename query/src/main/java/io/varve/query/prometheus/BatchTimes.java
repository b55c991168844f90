package io.varve.query.prometheus;

import io.varve.storage.ColumnBatch;

/**
 * The times of a batch in milliseconds, rounded down: made once for all columns, when first asked
 * for.
 */
final class BatchTimes {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final ColumnBatch batch;
  private long stepMillis;
  private long[] millis = {};
  private boolean distinct;
  private boolean known;

  BatchTimes(ColumnBatch batch) {
    this.batch = batch;
    int rows = batch.rowCount();
    long step =
        rows > 1 && batch.isSteady()
            ? (batch.lastTimestampNanos() - batch.firstTimestampNanos()) / (rows - 1)
            : 0;
    this.stepMillis = step % NANOS_PER_MILLI == 0 ? step / NANOS_PER_MILLI : 0;
    this.known = stepMillis > 0;
  }

  ColumnBatch batch() {
    return batch;
  }

  static long millis(long nanos) {
    return Math.floorDiv(nanos, NANOS_PER_MILLI);
  }

  long firstMillis() {
    return millis(batch.firstTimestampNanos());
  }

  long lastMillis() {
    return millis(batch.lastTimestampNanos());
  }

  /** How far apart all rows lie if that is the same number above 0 for all; else 0. */
  long stepMillis() {
    if (!known) {
      make();
    }
    return stepMillis;
  }

  /** The times of all rows. */
  long[] millis() {
    if (millis.length == 0) {
      make();
    }
    return millis;
  }

  /** Whether no two rows are of one millisecond, of which only the later would count. */
  boolean areDistinct() {
    if (stepMillis > 0 || batch.rowCount() == 1) {
      return true;
    }
    if (!known) {
      make();
    }
    return distinct;
  }

  private void make() {
    known = true;
    int rows = batch.rowCount();
    long[] nanos = batch.timestampsNanos();
    millis = new long[rows];
    for (int row = 0; row < rows; row++) {
      millis[row] = Math.floorDiv(nanos[row], NANOS_PER_MILLI);
    }
    long step = rows > 1 ? millis[1] - millis[0] : 0;
    distinct = true;
    boolean steady = true;
    for (int row = 1; row < rows; row++) {
      long distance = millis[row] - millis[row - 1];
      distinct &= distance != 0;
      steady &= distance == step;
    }
    stepMillis = steady ? step : 0;
  }
}
