package io.varve.query;

import io.varve.query.catalog.OpenSnapshots;
import io.varve.query.operator.LimitedRows;
import io.varve.query.operator.QueryBudget;
import io.varve.query.operator.RowSource;
import io.varve.query.plan.SelectPlan;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs a planned SELECT, measurement by measurement; groups without rows do not show. */
final class SelectResult implements StatementResult {
  private final SelectPlan plan;
  private final OpenSnapshots snapshots;
  private final QueryBudget budget;
  private int measurement = -1;
  private @Nullable RowSource rows;

  /** Whether the first block of the series has been read and not yet been asked for. */
  private boolean blockReady;

  SelectResult(SelectPlan plan, OpenSnapshots snapshots, QueryBudget budget) {
    this.plan = plan;
    this.snapshots = snapshots;
    this.budget = budget;
  }

  @Override
  public boolean nextSeries() {
    while (true) {
      if (rows != null) {
        while (rows.nextGroup()) {
          if (rows.nextBlock()) {
            blockReady = true;
            return true;
          }
        }
        rows.close();
        rows = null;
      }
      if (++measurement >= plan.measurements().size()) {
        return false;
      }
      rows =
          new LimitedRows(
              plan.measurements().get(measurement).rows().open(budget, maxRows()),
              plan.limit(),
              plan.offset());
    }
  }

  private long maxRows() {
    long rows = plan.limit() + plan.offset();
    return plan.limit() == 0 || rows < 0 ? Long.MAX_VALUE : rows;
  }

  @Override
  public ResultSeries series() {
    return new ResultSeries(
        plan.measurements().get(measurement).name(), open().group().tags(), plan.columns());
  }

  @Override
  public boolean nextBlock() {
    if (blockReady) {
      blockReady = false;
      return true;
    }
    return open().nextBlock();
  }

  @Override
  public ResultBlock block() {
    return open().block();
  }

  @Override
  public <T> void shareBlocks(Function<ResultBlock, T> work, Consumer<T> results) {
    if (!blockReady) {
      open().shareBlocks(work, results);
    }
  }

  private RowSource open() {
    if (rows == null) {
      throw new IllegalStateException("no current series");
    }
    return rows;
  }

  @Override
  public void close() {
    try {
      if (rows != null) {
        rows.close();
        rows = null;
      }
    } finally {
      budget.close();
      snapshots.close();
    }
  }
}
