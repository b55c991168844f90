package io.varve.query.operator;

import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;

/** The blocks of a plan as batches of a scan: a group is a series, rows in a batch ascend. */
final class SubqueryCursor implements SeriesCursor, ColumnBatch {
  private final RowSource rows;
  private final ScanSpec spec;
  private final boolean descending;

  /** Rows from here on, up to {@link #endNanos} exclusive; the ends of time do not cut. */
  private final long startNanos;

  private final long endNanos;

  /** Whether blocks may be cut short, so that the statistics of their columns do not hold. */
  private final boolean cutsBlocks;

  /** Whether rows at the same time must come in different batches. */
  private final boolean strict;

  private final Column[] columns;
  private final Vector[] vectors;
  private final long[] gathered = new long[ColumnBatch.MAX_ROWS];
  private long[] times = gathered;
  private int rowCount;

  /** The rows of the current block, and how many of them have been handed on. */
  private int blockRows;

  private int position;
  private int series = -1;

  SubqueryCursor(
      RowSource rows,
      RowPlan plan,
      ScanSpec spec,
      long startNanos,
      long endNanos,
      boolean cutsBlocks,
      boolean strict) {
    this.rows = rows;
    this.spec = spec;
    this.startNanos = startNanos;
    this.endNanos = endNanos;
    this.cutsBlocks = cutsBlocks;
    this.strict = strict;
    descending = plan.descending();
    columns = new Column[spec.fieldIds().length];
    vectors = new Vector[columns.length];
    for (int c = 0; c < columns.length; c++) {
      vectors[c] = new Vector(plan.outputs().get(output(c)).type());
    }
  }

  private int output(int column) {
    return spec.fieldIds()[column] - 1;
  }

  @Override
  public boolean nextSeries() {
    if (series + 1 >= spec.seriesIds().length) {
      return false;
    }
    if (!rows.nextGroup()) {
      throw new IllegalStateException("a subquery ended before its last group");
    }
    series++;
    return true;
  }

  @Override
  public int seriesId() {
    return spec.seriesIds()[series];
  }

  @Override
  public boolean nextBatch() {
    while (true) {
      if (position == blockRows) {
        if (!rows.nextBlock()) {
          return false;
        }
        position = 0;
        blockRows = rows.block().rowCount();
      }
      take(rows.block());
      if (rowCount > 0) {
        return true;
      }
    }
  }

  private void take(Block block) {
    if (position == 0 && !cutsBlocks && isUsableAsItIs(block.times())) {
      times = block.times();
      rowCount = blockRows;
      position = blockRows;
      for (int c = 0; c < columns.length; c++) {
        columns[c] = block.values(output(c));
      }
      return;
    }
    times = gathered;
    rowCount = 0;
    for (Vector vector : vectors) {
      vector.reset(blockRows);
    }
    for (; position < blockRows; position++) {
      int row = descending ? blockRows - 1 - position : position;
      long time = block.times()[row];
      if (time < startNanos || (time >= endNanos && endNanos != Long.MAX_VALUE)) {
        continue;
      }
      if (strict && rowCount > 0 && time == gathered[rowCount - 1]) {
        break;
      }
      gathered[rowCount] = time;
      for (int c = 0; c < vectors.length; c++) {
        vectors[c].copy(rowCount, block.values(output(c)), row);
      }
      rowCount++;
    }
    for (int c = 0; c < vectors.length; c++) {
      vectors[c].shorten(rowCount);
      columns[c] = vectors[c];
    }
  }

  private boolean isUsableAsItIs(long[] blockTimes) {
    int last = blockRows - 1;
    if (last == 0 || !descending) {
      boolean inside =
          blockTimes[0] >= startNanos
              && (endNanos == Long.MAX_VALUE || blockTimes[last] < endNanos);
      for (int i = 1; inside && strict && i < blockRows; i++) {
        inside = blockTimes[i] != blockTimes[i - 1];
      }
      return inside;
    }
    return false;
  }

  @Override
  public ColumnBatch batch() {
    return this;
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public long firstTimestampNanos() {
    return times[0];
  }

  @Override
  public long lastTimestampNanos() {
    return times[rowCount - 1];
  }

  @Override
  public long[] timestampsNanos() {
    return times;
  }

  @Override
  public Column column(int index) {
    return columns[index];
  }

  @Override
  public void close() {
    rows.close();
  }
}
