package io.varve.bench.tsbs;

import java.util.List;

/**
 * Seeded rows in the order in which agents would send them: step by step, and within a step row by
 * row. One thread.
 */
public interface RowSource {
  /** 2016-01-01, where TSBS begins. */
  long START_NANOS = 1_451_606_400_000_000_000L;

  /** Nanoseconds between two rows of a series. */
  long stepNanos();

  /** The rows of one step. */
  List<RowShape> shapes();

  /** Sets the values of the next row of a series; to be called for all rows of a step in order. */
  void next(int row, double[] values);

  /** The timestamp of a row. */
  default long timeNanos(int row, long step) {
    return START_NANOS + shapes().get(row).phaseNanos() + step * stepNanos();
  }

  /** Field values in one step. */
  default long valuesPerStep() {
    return shapes().stream().mapToLong(shape -> shape.fields().size()).sum();
  }
}
