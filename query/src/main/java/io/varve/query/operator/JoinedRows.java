package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.List;

/** Merges the rows of several sources by time, group by group. Keeps one block of each. */
final class JoinedRows implements RowSource, ColumnExpression.Inputs {
  private static final byte[] EMPTY = new byte[0];

  private final JoinPlan plan;
  private final QueryBudget budget;
  private final List<Side> sides = new ArrayList<>();
  private final Vector[] columns;

  /** The last value of each column in the group, for {@code fill(previous)}. */
  private final Vector[] previous;

  private final long[] times = new long[ColumnBatch.MAX_ROWS];
  private final Block block;
  private int rows;

  JoinedRows(JoinPlan plan, QueryBudget budget) {
    this.plan = plan;
    this.budget = budget;
    List<ColumnExpression> all = plan.columns();
    columns = new Vector[all.size()];
    previous = new Vector[all.size()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = new Vector(all.get(c).type());
      previous[c] = new Vector(all.get(c).type());
    }
    block = new Block(plan.outputs().size());
    try {
      int first = 0;
      for (JoinPlan.Part part : plan.parts()) {
        sides.add(new Side(part, first, part.plan().open(budget)));
        first += part.plan().outputs().size();
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** One source and where it stands. */
  private static final class Side {
    private final JoinPlan.Part part;
    private final int firstColumn;
    private final RowSource source;
    private int row;
    private boolean ended;

    Side(JoinPlan.Part part, int firstColumn, RowSource source) {
      this.part = part;
      this.firstColumn = firstColumn;
      this.source = source;
    }

    boolean nextGroup() {
      row = 0;
      boolean any = source.nextGroup();
      ended = !any || !source.nextBlock();
      return any;
    }

    long time() {
      return part.atStart() ? part.startNanos() : source.block().times()[row];
    }

    void advance() {
      if (++row == source.block().rowCount()) {
        row = 0;
        ended = !source.nextBlock();
      }
    }
  }

  @Override
  public boolean nextGroup() {
    boolean any = false;
    for (Side side : sides) {
      any |= side.nextGroup();
    }
    for (Vector vector : previous) {
      vector.reset(1);
    }
    return any;
  }

  @Override
  public Group group() {
    return sides.get(0).source.group();
  }

  @Override
  public boolean nextBlock() {
    budget.checkCancelled();
    rows = 0;
    for (Vector column : columns) {
      column.reset(ColumnBatch.MAX_ROWS);
    }
    while (rows < ColumnBatch.MAX_ROWS && !allEnded()) {
      times[rows] = nextTime();
      for (Side side : sides) {
        take(side, times[rows]);
      }
      rows++;
    }
    for (Vector column : columns) {
      column.shorten(rows);
    }
    block.reset(rows, times);
    for (int c = 0; rows > 0 && c < plan.outputs().size(); c++) {
      block.set(c, plan.outputs().get(c).evaluate(this));
    }
    return rows > 0;
  }

  private boolean allEnded() {
    for (Side side : sides) {
      if (!side.ended) {
        return false;
      }
    }
    return true;
  }

  private long nextTime() {
    boolean found = false;
    long time = 0;
    for (Side side : sides) {
      if (!side.ended
          && (!found || (plan.descending() ? side.time() > time : side.time() < time))) {
        time = side.time();
        found = true;
      }
    }
    return time;
  }

  private void take(Side side, long time) {
    boolean present = !side.ended && side.time() == time;
    for (int i = 0; i < side.part.plan().outputs().size(); i++) {
      Vector column = columns[side.firstColumn + i];
      Vector last = previous[side.firstColumn + i];
      if (present && copy(side.source.block().values(i), side.row, column)) {
        last.reset(1);
        last.copy(0, column, rows);
      } else if (plan.missing().mode() == Fill.Mode.PREVIOUS) {
        column.copy(rows, last, 0);
      } else if (plan.missing().mode() == Fill.Mode.NUMBER) {
        number(column);
      }
    }
    if (present) {
      side.advance();
    }
  }

  /** Copies a value, strings too: their source may move on before this block is full. */
  private boolean copy(Column values, int row, Vector into) {
    if (values.isAbsent() || !Bitmap.get(values.presence(), row)) {
      return false;
    }
    if (into.type() == FieldType.STRING) {
      into.setString(rows, values.strings()[row].clone());
    } else {
      into.copy(rows, values, row);
    }
    return true;
  }

  private void number(Vector column) {
    double value = plan.missing().number();
    if (column.type() == FieldType.FLOAT) {
      column.setDouble(rows, value);
    } else if (column.type() == FieldType.STRING) {
      column.setString(rows, EMPTY);
    } else {
      column.setLong(rows, column.type() == FieldType.BOOLEAN ? 0 : (long) value);
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
    for (Side side : sides) {
      side.source.close();
    }
  }
}
