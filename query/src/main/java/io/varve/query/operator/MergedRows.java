package io.varve.query.operator;

import io.varve.query.function.Vector;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.TimeRange;
import java.util.List;

/**
 * Raw rows when several series share an output series: ordered by time, in bounded memory.
 *
 * <p>Keeping a cursor open per series would cost a batch of every column for each of thousands of
 * series. Instead the group is read series by series into a {@link RowBuffer}. When that is full,
 * the end of the slice of time being read moves nearer and what lies behind is dropped; the rest of
 * the time is another slice, read by another scan. A LIMIT bounds the rows taken of each series.
 */
final class MergedRows implements RowSource {
  /** Rows are worth this much memory before a slice is cut; the budget may be smaller. */
  private static final long SLICE_BYTES = 32L << 20;

  private final RawPlan plan;
  private final QueryBudget budget;
  private final QueryBudget.Account memory;
  private final RowBuffer buffer;
  private final RowSelector selector;
  private final Block block;
  private final Vector[] vectors;
  private final int[] positions = new int[ColumnBatch.MAX_ROWS];
  private final long[] keys = new long[ColumnBatch.MAX_ROWS];
  private final long[] times = new long[ColumnBatch.MAX_ROWS];
  private final long maxBytes;

  /** Keys are times ascending or their complements: either way a scan goes towards greater keys. */
  private final long flip;

  private int group = -1;
  private long sliceStart;
  private long sliceEnd;
  private boolean lastSlice;

  /** How much time a slice should cover; 0 if unknown. */
  private long span;

  private int emitted;

  MergedRows(RawPlan plan, QueryBudget budget) {
    this.plan = plan;
    this.budget = budget;
    memory = budget.account();
    buffer = new RowBuffer(plan.outputs());
    selector = new RowSelector(plan.fieldInputs());
    flip = plan.descending() ? -1L : 0L;
    maxBytes = Math.min(SLICE_BYTES, budget.limits().maxStateBytes());
    int columns = plan.outputs().size();
    block = new Block(columns);
    vectors = new Vector[columns];
    for (int c = 0; c < columns; c++) {
      vectors[c] = new Vector(plan.outputs().get(c).type());
      block.set(c, vectors[c]);
    }
  }

  @Override
  public boolean nextGroup() {
    if (group + 1 >= plan.groups().size()) {
      return false;
    }
    group++;
    buffer.clear();
    emitted = 0;
    span = 0;
    lastSlice = plan.range().isEmpty();
    sliceStart = plan.descending() ? ~lastNanos() : plan.range().startNanos();
    return true;
  }

  private long lastNanos() {
    long end = plan.range().endNanos();
    return end == Long.MAX_VALUE ? end : end - 1;
  }

  @Override
  public Group group() {
    return plan.groups().get(group);
  }

  @Override
  public boolean nextBlock() {
    while (emitted == buffer.rows()) {
      if (lastSlice) {
        return false;
      }
      readSlice();
      emitted = 0;
    }
    int rows = Math.min(ColumnBatch.MAX_ROWS, buffer.rows() - emitted);
    for (int i = 0; i < rows; i++) {
      times[i] = buffer.key(emitted + i) ^ flip;
    }
    block.reset(rows, times);
    for (int c = 0; c < vectors.length; c++) {
      buffer.read(c, emitted, rows, vectors[c]);
      block.set(c, vectors[c]);
    }
    emitted += rows;
    return true;
  }

  private void readSlice() {
    buffer.clear();
    chooseSlice();
    try (GroupScan scan =
        new GroupScan(plan.sources(), List.of(group()), sliceRange(), plan.descending(), budget)) {
      scan.nextGroup();
      while (scan.nextSeries()) {
        buffer.beginRun();
        boolean more = true;
        while (more && scan.nextBatch()) {
          more = collect(scan.inputs());
        }
      }
    }
    buffer.sort();
    learnSpan();
    sliceStart = sliceEnd;
  }

  /** The first slice is all there is; the next ones are as long as turned out to be right. */
  private void chooseSlice() {
    long guess = sliceStart + span;
    lastSlice = span == 0 || guess < sliceStart || guess > lastKey();
    sliceEnd = lastSlice ? Long.MAX_VALUE : guess;
  }

  private void learnSpan() {
    if (lastSlice) {
      return;
    }
    // Behind a gap, or the end of all data, the rest is a first slice again.
    span = buffer.rows() == 0 ? 0 : Math.max(1, sliceEnd - buffer.key(0));
    if (buffer.bytes() < maxBytes / 4) {
      span = span > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : span * 2;
    }
  }

  private long lastKey() {
    return plan.descending() ? ~plan.range().startNanos() : lastNanos();
  }

  /** Keys from {@link #sliceStart}, inclusive, to {@link #sliceEnd}, exclusive, as times. */
  private TimeRange sliceRange() {
    TimeRange whole = plan.range();
    if (!plan.descending()) {
      return new TimeRange(sliceStart, lastSlice ? whole.endNanos() : sliceEnd);
    }
    long latest = ~sliceStart;
    return new TimeRange(
        lastSlice ? whole.startNanos() : ~sliceEnd + 1,
        latest == Long.MAX_VALUE ? Long.MAX_VALUE : latest + 1);
  }

  /** Takes the rows of a batch; false if the series has no more to give to this slice. */
  private boolean collect(BatchInputs inputs) {
    ColumnBatch batch = inputs.batch();
    long firstKey = plan.descending() ? ~batch.lastTimestampNanos() : batch.firstTimestampNanos();
    if (!lastSlice && firstKey >= sliceEnd) {
      return false;
    }
    selector.select(inputs);
    int count = selector.count();
    if (count > 0) {
      return append(batch.timestampsNanos(), count, inputs);
    }
    return true;
  }

  /** Appends the selected rows; false if the series has no more to give to this slice. */
  private boolean append(long[] batchTimes, int count, BatchInputs inputs) {
    long room = plan.maxRows() - buffer.rowsInRun();
    int taken = 0;
    while (taken < count && taken < room) {
      int row = selector.row(plan.descending() ? count - 1 - taken : taken);
      long key = batchTimes[row] ^ flip;
      if (!lastSlice && key >= sliceEnd) {
        break;
      }
      positions[taken] = row;
      keys[taken++] = key;
    }
    if (taken > 0) {
      int first = buffer.append(keys, taken);
      for (int c = 0; c < vectors.length; c++) {
        buffer.set(c, first, plan.outputs().get(c).evaluate(inputs), positions, taken);
      }
      if (buffer.bytes() > maxBytes) {
        shrinkSlice();
      }
    }
    return taken == count;
  }

  /**
   * Halves the slice until half of the memory is free: the series still to come need it. The middle
   * of the longest run is where to cut, whatever the others look like.
   */
  private void shrinkSlice() {
    while (buffer.bytes() > maxBytes / 2 && buffer.longestRun() > 1) {
      long middle = buffer.middleOfLongestRun();
      if (middle <= sliceStart) {
        // All at one time, as rows of a subquery can be; there is nothing to cut.
        break;
      }
      sliceEnd = middle;
      lastSlice = false;
      buffer.truncate(sliceEnd);
    }
    memory.resize(buffer.bytes());
  }

  @Override
  public Block block() {
    return block;
  }

  @Override
  public void close() {
    // Scans are closed slice by slice.
  }
}
