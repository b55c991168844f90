package io.varve.query.operator;

import io.varve.query.function.Transformation;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of another source with transformed columns, block by block.
 *
 * <p>A transformation says nothing or one value about each row it sees, so its results stand in the
 * rows it was given. Rows about which nothing was said are dropped, unless a column goes through.
 */
final class TransformedRows implements RowSource, ColumnExpression.Inputs {
  private final RowSource source;
  private final TransformPlan plan;
  private final List<TransformPlan.Step> steps;
  private final @Nullable Transformation[] transformations;
  private final Vector[] results;
  private final Column[] columns;
  private final boolean keepsAllRows;
  private final Block block;
  private final Vector[] gathered;
  private final long[] times = new long[ColumnBatch.MAX_ROWS];
  private final int[] positions = new int[ColumnBatch.MAX_ROWS];
  private int rows;

  TransformedRows(TransformPlan plan, QueryBudget budget) {
    this.plan = plan;
    steps = plan.steps();
    transformations = new @Nullable Transformation[steps.size()];
    results = new Vector[steps.size()];
    columns = new Column[steps.size()];
    long stateBytes = 0;
    boolean passes = false;
    for (int s = 0; s < steps.size(); s++) {
      TransformPlan.Step step = steps.get(s);
      results[s] = new Vector(step.type());
      columns[s] = results[s];
      Transformation.Kind kind = step.kind();
      if (kind == null) {
        passes = true;
        continue;
      }
      stateBytes += Transformation.stateBytes(kind, step.parameters());
      budget.checkStateBytes(stateBytes);
      transformations[s] =
          Transformation.of(kind, step.parameters(), step.inputType(), plan.descending());
    }
    keepsAllRows = passes;
    int outputs = plan.outputs().size();
    block = new Block(outputs);
    gathered = new Vector[outputs];
    for (int c = 0; c < outputs; c++) {
      gathered[c] = new Vector(plan.outputs().get(c).type());
    }
    source = plan.input().open(budget);
  }

  @Override
  public boolean nextGroup() {
    for (Transformation transformation : transformations) {
      if (transformation != null) {
        transformation.begin();
      }
    }
    return source.nextGroup();
  }

  @Override
  public Group group() {
    return source.group();
  }

  @Override
  public boolean nextBlock() {
    while (source.nextBlock()) {
      Block input = source.block();
      rows = input.rowCount();
      transform(input);
      int count = select(input.times());
      if (count > 0) {
        gather(input.times(), count);
        return true;
      }
    }
    return false;
  }

  private void transform(Block input) {
    for (int s = 0; s < results.length; s++) {
      Column column = input.values(steps.get(s).column());
      Transformation transformation = transformations[s];
      if (transformation == null) {
        columns[s] = column;
      } else {
        results[s].reset(rows);
        transformation.apply(input.times(), rows, column, results[s]);
      }
    }
  }

  /** Finds the rows to print. */
  private int select(long[] inputTimes) {
    int count = 0;
    for (int row = 0; row < rows; row++) {
      boolean visible = inputTimes[row] >= plan.firstNanos() && inputTimes[row] <= plan.lastNanos();
      if (visible && (keepsAllRows || hasResult(row))) {
        positions[count++] = row;
      }
    }
    return count;
  }

  private boolean hasResult(int row) {
    for (Vector result : results) {
      if (result.isPresent(row)) {
        return true;
      }
    }
    return false;
  }

  private void gather(long[] inputTimes, int count) {
    for (int i = 0; i < count; i++) {
      times[i] = inputTimes[positions[i]];
    }
    block.reset(count, times);
    for (int c = 0; c < gathered.length; c++) {
      Column from = plan.outputs().get(c).evaluate(this);
      gathered[c].reset(count);
      for (int i = 0; i < count; i++) {
        gathered[c].copy(i, from, positions[i]);
      }
      block.set(c, gathered[c]);
    }
  }

  @Override
  public int rowCount() {
    return rows;
  }

  @Override
  public Column input(int index) {
    return columns[index];
  }

  @Override
  public Block block() {
    return block;
  }

  @Override
  public void close() {
    source.close();
  }
}
