package io.varve.query.operator;

import io.varve.query.function.Ranks;
import io.varve.storage.Column;
import java.util.Arrays;

/** {@code percentile} with the columns beside the chosen point. */
final class PercentilePicker implements RowPicker {
  private final PickPlan plan;
  private final QueryBudget budget;
  private final RowBuffer kept;
  private long[] values = new long[64];

  PercentilePicker(PickPlan plan, QueryBudget budget) {
    this.plan = plan;
    this.budget = budget;
    kept = new RowBuffer(plan.input().outputs());
  }

  @Override
  public void begin() {
    kept.clear();
  }

  @Override
  public void add(long timestampNanos, Column[] columns, int row) {
    int at = kept.append(timestampNanos);
    if (at == values.length) {
      budget.checkStateBytes(2 * (kept.bytes() + (long) at * (Long.BYTES + Integer.BYTES)));
      values = Arrays.copyOf(values, at * 2);
    }
    values[at] = RowPickers.sortable(columns[0], row);
    RowPickers.copy(kept, at, columns, row);
  }

  @Override
  public void finish(RowBuffer into, long windowNanos) {
    int rank = (int) Ranks.nearest(kept.rows(), plan.parameter());
    if (rank >= 0) {
      int[] rows = RowRefs.range(kept.rows());
      RowRefs.sort(
          rows,
          rows.length,
          (a, b) -> {
            int order = Long.compare(values[a], values[b]);
            return order == 0 ? Long.compare(kept.timeOf(a), kept.timeOf(b)) : order;
          },
          budget::checkCancelled);
      into.append(kept, rows[rank], plan.windowed() ? windowNanos : kept.timeOf(rows[rank]));
    }
    begin();
  }
}
