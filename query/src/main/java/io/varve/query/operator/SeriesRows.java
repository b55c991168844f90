package io.varve.query.operator;

import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.TimeRange;
import java.util.List;

/**
 * Raw rows when every group is a single series: batches go through, and only filtered or descending
 * ones are copied.
 */
final class SeriesRows implements RowSource {
  private final GroupScan scan;
  private final List<ColumnExpression> outputs;
  private final RowSelector selector;
  private final boolean descending;
  private final Block block;
  private final Vector[] gathered;
  private final long[] gatheredTimes = new long[ColumnBatch.MAX_ROWS];
  private boolean inSeries;

  SeriesRows(RawPlan plan, List<Group> groups, TimeRange range, QueryBudget budget) {
    scan = new GroupScan(plan.sources(), groups, range, plan.descending(), budget);
    outputs = plan.outputs();
    descending = plan.descending();
    selector = new RowSelector(plan.fieldInputs());
    block = new Block(outputs.size());
    gathered = new Vector[outputs.size()];
    for (int i = 0; i < gathered.length; i++) {
      gathered[i] = new Vector(outputs.get(i).type());
    }
  }

  @Override
  public boolean nextGroup() {
    boolean another = scan.nextGroup();
    inSeries = another && scan.nextSeries();
    return another;
  }

  @Override
  public Group group() {
    return scan.group();
  }

  @Override
  public boolean nextBlock() {
    while (inSeries && scan.nextBatch()) {
      BatchInputs inputs = scan.inputs();
      selector.select(inputs);
      if (selector.count() > 0) {
        fill(inputs);
        return true;
      }
    }
    inSeries = false;
    return false;
  }

  private void fill(BatchInputs inputs) {
    int rows = selector.count();
    if (selector.isWhole() && !descending) {
      block.reset(rows, inputs.batch().timestampsNanos());
      for (int c = 0; c < gathered.length; c++) {
        block.set(c, outputs.get(c).evaluate(inputs));
      }
      return;
    }
    long[] times = inputs.batch().timestampsNanos();
    for (int i = 0; i < rows; i++) {
      gatheredTimes[i] = times[selector.row(descending ? rows - 1 - i : i)];
    }
    block.reset(rows, gatheredTimes);
    for (int c = 0; c < gathered.length; c++) {
      Column from = outputs.get(c).evaluate(inputs);
      Vector into = gathered[c];
      into.reset(rows);
      for (int i = 0; i < rows; i++) {
        into.copy(i, from, selector.row(descending ? rows - 1 - i : i));
      }
      block.set(c, into);
    }
  }

  @Override
  public Block block() {
    return block;
  }

  @Override
  public void close() {
    scan.close();
  }
}
