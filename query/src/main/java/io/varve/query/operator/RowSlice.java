package io.varve.query.operator;

import io.varve.storage.ColumnBatch;
import java.util.List;

/**
 * The rows of some series in a slice of time, in bounded memory: when the buffer is full, the end
 * of the slice moves nearer and what lies behind is dropped.
 *
 * <p>Keys are times ascending or their complements: either way a scan goes towards greater keys.
 * For one thread at a time.
 */
final class RowSlice {
  /**
   * The rows of some of the series of a slice, in order.
   *
   * @param end as {@link RowSlice#end}
   * @param memory what they hold
   */
  record Part(RowRuns rows, long end, boolean isLast, QueryBudget.Account memory) {}

  private final RawPlan plan;
  private final RowRuns buffer;
  private final RowSelector selector;
  private final QueryBudget.Account memory;
  private final long flip;
  private final long maxBytes;
  private final int[] positions = new int[ColumnBatch.MAX_ROWS];
  private final long[] keys = new long[ColumnBatch.MAX_ROWS];

  private long start;
  private long end;
  private boolean last;

  /**
   * An empty slice.
   *
   * @param firstRows rows for which there is room at once
   * @param pool where memory for rows comes from and goes to
   */
  RowSlice(
      RawPlan plan, QueryBudget.Account memory, long maxBytes, int firstRows, SegmentPool pool) {
    this.plan = plan;
    this.memory = memory;
    this.maxBytes = maxBytes;
    buffer = new RowRuns(RowLayout.of(plan.outputs()), firstRows, pool);
    selector = new RowSelector(plan.fieldInputs());
    flip = plan.descending() ? -1L : 0L;
  }

  /**
   * Begins another slice.
   *
   * @param endKey exclusive; without meaning if this is the last slice, which has no end
   */
  void begin(long startKey, long endKey, boolean isLast) {
    buffer.clear();
    start = startKey;
    end = isLast ? Long.MAX_VALUE : endKey;
    last = isLast;
  }

  RawPlan plan() {
    return plan;
  }

  RowRuns buffer() {
    return buffer;
  }

  long start() {
    return start;
  }

  long end() {
    return end;
  }

  /** Whether the slice reaches to the end of time. */
  boolean isLast() {
    return last;
  }

  /** Reads all series of the scan's only group. */
  void read(GroupScan scan) {
    scan.nextGroup();
    while (scan.nextSeries()) {
      buffer.beginSeries();
      boolean more = true;
      while (more && scan.nextBatch()) {
        more = collect(scan.inputs());
      }
    }
  }

  /**
   * Puts the rows in order and gives them away; this may be used again for another part.
   *
   * @param held empty; becomes what the rows hold
   */
  Part toPart(QueryBudget.Account held) {
    held.resize(buffer.bytes());
    return new Part(buffer.arranged(), end, last, held);
  }

  /** Adds a part of a slice with the same start, behind those of the series so far. */
  void join(Part part) {
    if (!part.isLast && (last || part.end < end)) {
      end = part.end;
      last = false;
      buffer.truncate(end);
    }
    buffer.takeRuns(part.rows);
    if (!last) {
      buffer.truncate(end);
    }
    bound();
    part.memory.resize(0);
  }

  /** Takes the rows of a batch; false if the series has no more to give to this slice. */
  private boolean collect(BatchInputs inputs) {
    ColumnBatch batch = inputs.batch();
    long firstKey = plan.descending() ? ~batch.lastTimestampNanos() : batch.firstTimestampNanos();
    if (!last && firstKey >= end) {
      return false;
    }
    selector.select(inputs);
    int count = selector.count();
    return count == 0 || append(batch.timestampsNanos(), count, inputs);
  }

  /** Appends the selected rows; false if the series has no more to give to this slice. */
  private boolean append(long[] batchTimes, int count, BatchInputs inputs) {
    long room = plan.maxRows() - buffer.rowsInRun();
    int taken = 0;
    while (taken < count && taken < room) {
      int row = selector.row(plan.descending() ? count - 1 - taken : taken);
      long key = batchTimes[row] ^ flip;
      if (!last && key >= end) {
        break;
      }
      positions[taken] = row;
      keys[taken++] = key;
    }
    if (taken > 0) {
      int first = buffer.append(keys, taken);
      List<ColumnExpression> outputs = plan.outputs();
      for (int c = 0; c < outputs.size(); c++) {
        buffer.set(c, first, outputs.get(c).evaluate(inputs), positions, taken);
      }
      bound();
    }
    return taken == count;
  }

  private void bound() {
    if (buffer.bytes() > maxBytes) {
      shrink();
    }
    memory.resize(buffer.bytes());
  }

  /**
   * Halves the slice until half of the memory is free: the series still to come need it. The middle
   * of the longest run is where to cut, whatever the others look like.
   */
  private void shrink() {
    while (buffer.bytes() > maxBytes / 2 && buffer.longestRun() > 1) {
      long middle = buffer.middleOfLongestRun();
      if (middle <= start) {
        // All at one time, as rows of a subquery can be; there is nothing to cut.
        break;
      }
      end = middle;
      last = false;
      buffer.truncate(end);
    }
  }
}
