package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a {@link RowPicker} over rows in the order of time, window by window. Only the rows that may
 * still be part of the answer of one window are kept.
 */
final class PickedRows implements RowSource {
  private final PickPlan plan;
  private final QueryBudget.Account memory;
  private final RowSource source;
  private final RowPicker picker;
  private final RowBuffer picked;
  private final Vector[] vectors;
  private final Column[] columns;
  private final Block block;
  private final long[] times = new long[ColumnBatch.MAX_ROWS];
  private int emitted;

  private boolean inWindow;
  private boolean ended;
  private long windowIndex;
  private long windowStart;
  private long windowEnd;

  /** Rows of the block being read, and the next of them. */
  private int blockRows;

  private int nextRow;

  PickedRows(PickPlan plan, QueryBudget budget) {
    this.plan = plan;
    memory = budget.account();
    List<ColumnExpression> raw = plan.input().outputs();
    columns = new Column[raw.size()];
    List<ColumnExpression> results = new ArrayList<>(raw);
    results.set(0, new ColumnExpression.Input(0, plan.function().resultType(plan.inputType())));
    picked = new RowBuffer(results);
    vectors = new Vector[results.size()];
    for (int c = 0; c < vectors.length; c++) {
      vectors[c] = new Vector(results.get(c).type());
    }
    block = new Block(vectors.length);
    picker = RowPickers.of(plan, budget);
    source = plan.input().open(budget);
  }

  @Override
  public boolean nextGroup() {
    picked.clear();
    picker.begin();
    emitted = 0;
    inWindow = false;
    blockRows = 0;
    nextRow = 0;
    ended = !source.nextGroup();
    return !ended;
  }

  @Override
  public Group group() {
    return source.group();
  }

  @Override
  public boolean nextBlock() {
    while (emitted == picked.rows()) {
      if (ended) {
        return false;
      }
      picked.clear();
      emitted = 0;
      readWindow();
    }
    int rows = Math.min(ColumnBatch.MAX_ROWS, picked.rows() - emitted);
    for (int i = 0; i < rows; i++) {
      times[i] = picked.timeOf(emitted + i);
    }
    block.reset(rows, times);
    for (int c = 0; c < vectors.length; c++) {
      picked.read(c, emitted, rows, vectors[c]);
      block.set(c, vectors[c]);
    }
    emitted += rows;
    return true;
  }

  /** Reads rows until a window is full; its answer is in {@link #picked} then. */
  private void readWindow() {
    while (true) {
      if (nextRow == blockRows) {
        if (!source.nextBlock()) {
          ended = true;
          if (inWindow) {
            finish();
          }
          return;
        }
        nextRow = 0;
        blockRows = source.block().rowCount();
        for (int c = 0; c < columns.length; c++) {
          columns[c] = source.block().values(c);
        }
      }
      long[] rowTimes = source.block().times();
      for (; nextRow < blockRows; nextRow++) {
        // Rows of a subquery exist even without the value that is picked.
        if (columns[0].isAbsent() || !Bitmap.get(columns[0].presence(), nextRow)) {
          continue;
        }
        long time = rowTimes[nextRow];
        if (!inWindow || time < windowStart || time >= windowEnd) {
          long index = plan.windows().indexOf(time);
          if (inWindow && index != windowIndex) {
            long border = plan.input().descending() ? windowStart : windowEnd;
            picker.cross(border, time, columns, nextRow);
            finish();
            return;
          }
          inWindow = true;
          windowIndex = index;
          windowStart = plan.windows().start(index);
          windowEnd = plan.windows().end(index);
        }
        picker.add(time, columns, nextRow);
      }
    }
  }

  private void finish() {
    picker.finish(picked, plan.windowed() ? windowStart : plan.wholeNanos());
    memory.resize(picked.bytes());
    inWindow = false;
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
