package io.varve.bench.load;

import io.varve.storage.model.PointBatch;

/** Seeded rows in the order in which agents would send them: step by step, series by series. */
interface LoadSource {
  /** The time of the first step, about. */
  long startNanos();

  /** Nanoseconds between two rows of a series. */
  long stepNanos();

  int rowsPerStep();

  int valuesPerRow();

  /** Adds the next row of one series to a batch; steps ascend, within a step the rows do. */
  void addRow(PointBatch batch, int row, long step);
}
