package io.varve.query.operator;

import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.util.List;

/**
 * Raw rows when every group is a single series: batches go through, and only filtered, descending
 * or limited ones are copied.
 *
 * <p>No more rows are taken than will be asked for. If that is the last row of a stored row group,
 * the statistics of its chunks have the values, and nothing is decoded.
 */
final class SeriesRows implements RowSource {
  private final GroupScan scan;
  private final List<ColumnExpression> outputs;
  private final RowSelector selector;
  private final boolean descending;
  private final long maxRows;
  private final Block block;
  private final Vector[] gathered;
  private final long[] gatheredTimes;
  private final int[] positions;
  private boolean inSeries;

  /** Rows of the series that are still wanted. */
  private long rowsLeft;

  SeriesRows(RawPlan plan, QueryBudget budget) {
    scan = new GroupScan(plan.sources(), plan.groups(), plan.range(), plan.descending(), budget);
    outputs = plan.outputs();
    descending = plan.descending();
    maxRows = plan.maxRows();
    selector = new RowSelector(plan.fieldInputs());
    block = new Block(outputs.size());
    // Never more than are wanted of a series: with LIMIT 1 a part of a scan would else take longer
    // to clear these than to read.
    int capacity = (int) Math.max(1, Math.min(maxRows, ColumnBatch.MAX_ROWS));
    gatheredTimes = new long[capacity];
    positions = new int[capacity];
    gathered = new Vector[outputs.size()];
    for (int i = 0; i < gathered.length; i++) {
      gathered[i] = new Vector(outputs.get(i).type(), capacity);
    }
  }

  @Override
  public boolean nextGroup() {
    boolean another = scan.nextGroup();
    inSeries = another && scan.nextSeries();
    rowsLeft = maxRows;
    return another;
  }

  @Override
  public Group group() {
    return scan.group();
  }

  @Override
  public boolean nextBlock() {
    while (inSeries && rowsLeft > 0 && scan.nextBatch()) {
      BatchInputs inputs = scan.inputs();
      selector.select(inputs);
      int rows = (int) Math.min(rowsLeft, selector.count());
      if (rows > 0) {
        rowsLeft -= rows;
        fill(inputs, rows);
        return true;
      }
    }
    inSeries = false;
    return false;
  }

  private void fill(BatchInputs inputs, int rows) {
    ColumnBatch batch = inputs.batch();
    if (selector.isWhole() && !descending && rows == batch.rowCount()) {
      block.reset(rows, batch.timestampsNanos());
      for (int c = 0; c < gathered.length; c++) {
        block.set(c, outputs.get(c).evaluate(inputs));
      }
      return;
    }
    int count = selector.count();
    for (int i = 0; i < rows; i++) {
      positions[i] = selector.row(descending ? count - 1 - i : i);
    }
    boolean onlyLast = rows == 1 && positions[0] == batch.rowCount() - 1;
    if (onlyLast) {
      gatheredTimes[0] = batch.lastTimestampNanos();
    } else {
      long[] times = batch.timestampsNanos();
      for (int i = 0; i < rows; i++) {
        gatheredTimes[i] = times[positions[i]];
      }
    }
    block.reset(rows, gatheredTimes);
    for (int c = 0; c < gathered.length; c++) {
      Column from = outputs.get(c).evaluate(inputs);
      if (from instanceof TagColumn tag) {
        tag.setRows(rows);
        block.set(c, tag);
      } else {
        if (onlyLast) {
          gathered[c].reset(1);
        }
        if (!onlyLast || !setLast(from, gathered[c], 0)) {
          gathered[c].gather(from, positions, rows);
        }
        block.set(c, gathered[c]);
      }
    }
  }

  /**
   * Takes the value in the last row from the statistics, if they have it.
   *
   * @param row where it goes
   */
  static boolean setLast(Column from, Vector into, int row) {
    ColumnStats stats = from.isAbsent() ? null : from.endStats();
    if (stats == null) {
      return false;
    }
    if (from.type() == FieldType.FLOAT) {
      into.setDouble(row, Double.longBitsToDouble(stats.lastBits()));
    } else {
      into.setLong(row, stats.lastBits());
    }
    return true;
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
