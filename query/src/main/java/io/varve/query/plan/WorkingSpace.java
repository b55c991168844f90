package io.varve.query.plan;

import io.varve.query.operator.QueryBudget;
import io.varve.storage.ColumnBatch;

/**
 * Counts the arrays that expressions of one SELECT work in, each as long as a batch: a statement of
 * some hundred kilobytes could name enough of them to take the heap.
 */
final class WorkingSpace {
  private static final long ARRAY_BYTES = (long) Long.BYTES * ColumnBatch.MAX_ROWS;

  /** What every statement may have, however little it may keep. */
  private static final long FREE_BYTES = 64 * ARRAY_BYTES;

  private final QueryBudget budget;
  private long bytes;

  WorkingSpace(QueryBudget budget) {
    this.budget = budget;
  }

  /** Takes room for so many arrays; throws if a statement may not have it. */
  void take(int arrays) {
    bytes += arrays * ARRAY_BYTES;
    if (bytes > FREE_BYTES) {
      budget.checkStateBytes(bytes);
    }
  }
}
