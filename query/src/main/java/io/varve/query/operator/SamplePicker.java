package io.varve.query.operator;

import io.varve.storage.Column;
import java.util.SplittableRandom;

/** {@code sample}: rows drawn at random, each with the same chance, in the order of time. */
final class SamplePicker implements RowPicker {
  private final int wanted;
  private final int sign;
  private final QueryBudget budget;
  private final RowBuffer kept;
  private final SplittableRandom random = new SplittableRandom();
  private long seen;

  SamplePicker(PickPlan plan, QueryBudget budget) {
    wanted = (int) Math.min(1 << 30, plan.parameter());
    sign = plan.input().descending() ? -1 : 1;
    this.budget = budget;
    kept = new RowBuffer(plan.input().outputs());
  }

  @Override
  public void begin() {
    kept.clear();
    seen = 0;
  }

  @Override
  public void add(long timestampNanos, Column[] columns, int row) {
    seen++;
    if (kept.rows() < wanted) {
      RowPickers.copy(kept, kept.append(timestampNanos), columns, row);
      budget.checkStateBytes(kept.bytes());
      return;
    }
    long drawn = random.nextLong(seen);
    if (drawn < wanted) {
      kept.overwrite((int) drawn, timestampNanos);
      RowPickers.copy(kept, (int) drawn, columns, row);
    }
  }

  @Override
  public void finish(RowBuffer into, long windowNanos) {
    int[] rows = RowRefs.range(kept.rows());
    RowRefs.sort(
        rows,
        rows.length,
        (a, b) -> sign * Long.compare(kept.timeOf(a), kept.timeOf(b)),
        budget::checkCancelled);
    for (int row : rows) {
      into.append(kept, row, kept.timeOf(row));
    }
    begin();
  }
}
