package io.varve.query.operator;

import io.varve.query.ResultBlock;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.TimeRange;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Raw rows when several series share an output series: ordered by time, in bounded memory.
 *
 * <p>Keeping a cursor open per series would cost a batch of every column for each of thousands of
 * series. Instead the group is read series by series into a {@link RowSlice}, which covers less
 * time the more rows there are; the rest of the time is another slice, read by another scan. A
 * LIMIT bounds the rows taken of each series. The series of a large group are read in parts, some
 * of them by helpers, which are put in order and joined.
 */
final class MergedRows implements RowSource {
  /** Rows are worth this much memory before a slice is cut; the budget may be smaller. */
  private static final long SLICE_BYTES = 32L << 20;

  /** The same for each part of a slice. */
  private static final long PART_BYTES = 4L << 20;

  /** Rows for which there is room at first, unless there will be many. */
  private static final int FIRST_ROWS = 64;

  /** With less memory for each part, slices would be too short. */
  private static final long MIN_PART_BYTES = 64 * 1024;

  /** About how much text a block comes to that is shared, so that a few of them may wait. */
  private static final long SHARED_TEXT_BYTES = 256 * 1024;

  private final RawPlan plan;
  private final QueryBudget budget;
  private final ScanCost cost;
  private final RowSlice slice;
  private final RowReader reader;
  private final long maxBytes;
  private final long partBytes;

  /** For parts, as many as threads. */
  private final Queue<RowSlice> idleSlices = new ConcurrentLinkedQueue<>();

  private int group = -1;
  private long nextStart;
  private boolean ended;

  /** How much time a slice should cover; 0 if unknown. */
  private long span;

  private int emitted;

  MergedRows(RawPlan plan, QueryBudget budget) {
    this.plan = plan;
    this.budget = budget;
    cost = new ScanCost(plan.sources(), plan.range(), plan.maxRows(), budget);
    long most = budget.limits().maxStateBytes();
    maxBytes = Math.min(SLICE_BYTES, most / 2);
    partBytes = Math.min(PART_BYTES, most / 4 / (3L * budget.resources().workers() + 1));
    slice = newSlice(plan, maxBytes, FIRST_ROWS);
    reader = newReader();
  }

  @Override
  public boolean nextGroup() {
    if (group + 1 >= plan.groups().size()) {
      return false;
    }
    group++;
    emitted = 0;
    span = 0;
    ended = plan.range().isEmpty();
    nextStart = plan.descending() ? ~lastNanos() : plan.range().startNanos();
    slice.begin(nextStart, nextStart, true);
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
    RowRuns buffer = slice.buffer();
    while (emitted == buffer.rows()) {
      if (ended) {
        return false;
      }
      readSlice();
      emitted = 0;
    }
    int rows = Math.min(ColumnBatch.MAX_ROWS, buffer.rows() - emitted);
    reader.read(buffer, emitted, rows);
    emitted += rows;
    return true;
  }

  private RowReader newReader() {
    return new RowReader(RowLayout.of(plan.outputs()), plan.descending() ? -1L : 0L);
  }

  /** Shares the rest of the slice, which is in memory and in order. */
  @Override
  public <T> void shareBlocks(Function<ResultBlock, T> work, Consumer<T> results) {
    RowRuns buffer = slice.buffer();
    int first = emitted;
    int count = buffer.rows() - first;
    int rows = buffer.rowsOfText(SHARED_TEXT_BYTES);
    if (rows == 0 || count <= rows || budget.isPart() || budget.resources().workers() == 1) {
      return;
    }
    int blocks = (count - 1) / rows + 1;
    Queue<RowReader> idle = new ConcurrentLinkedQueue<>();
    try (BlockRun<T> run =
        new BlockRun<>(
            budget.resources(),
            blocks,
            false,
            (number, stopped) -> {
              RowReader taken = idle.poll();
              RowReader own = taken == null ? newReader() : taken;
              int start = number * rows;
              T result = work.apply(own.read(buffer, first + start, Math.min(rows, count - start)));
              idle.add(own);
              return result;
            })) {
      for (int b = 0; b < blocks; b++) {
        budget.checkCancelled();
        results.accept(run.take());
      }
    }
    emitted = buffer.rows();
  }

  private void readSlice() {
    beginSlice();
    if (budget.resources().workers() > 1
        && partBytes >= MIN_PART_BYTES
        && cost.isWorthParts(group(), 0)) {
      readInParts();
    } else {
      try (GroupScan scan = scan(plan, group(), slice, budget)) {
        slice.read(scan);
      }
    }
    slice.buffer().sort();
    learnSpan();
    ended = slice.isLast();
    nextStart = slice.end();
  }

  private void readInParts() {
    List<Group> parts = cost.rowParts(group());
    long start = slice.start();
    long end = slice.end();
    boolean last = slice.isLast();
    try (BlockRun<RowSlice.Part> run =
        new BlockRun<>(
            budget.resources(),
            parts.size(),
            budget.isPart(),
            (number, stopped) -> readPart(parts.get(number), start, end, last, stopped))) {
      for (int p = 0; p < parts.size(); p++) {
        slice.join(run.take());
      }
    }
  }

  private RowSlice.Part readPart(
      Group some, long start, long end, boolean last, BooleanSupplier stopped) {
    RowSlice idle = idleSlices.poll();
    RowSlice rows = idle == null ? newSlice(plan.part(), partBytes, RowSegment.ROWS) : idle;
    rows.begin(start, end, last);
    try (GroupScan scan = scan(rows.plan(), some, rows, budget.part(stopped))) {
      rows.read(scan);
    }
    RowSlice.Part part = rows.toPart(budget.account());
    idleSlices.add(rows);
    return part;
  }

  private RowSlice newSlice(RawPlan of, long bytes, int firstRows) {
    return new RowSlice(of, budget.account(), bytes, firstRows, budget.resources().segments());
  }

  private GroupScan scan(RawPlan rows, Group some, RowSlice of, QueryBudget own) {
    return new GroupScan(rows.sources(), List.of(some), range(of), plan.descending(), own);
  }

  /** The first slice is all there is; the next ones are as long as turned out to be right. */
  private void beginSlice() {
    long guess = nextStart + span;
    boolean last = span == 0 || guess < nextStart || guess > lastKey();
    slice.begin(nextStart, guess, last);
  }

  private void learnSpan() {
    if (slice.isLast()) {
      return;
    }
    RowRuns buffer = slice.buffer();
    // Behind a gap, or the end of all data, the rest is a first slice again.
    span = buffer.rows() == 0 ? 0 : Math.max(1, slice.end() - buffer.key(0));
    if (buffer.bytes() < maxBytes / 4) {
      span = span > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : span * 2;
    }
  }

  private long lastKey() {
    return plan.descending() ? ~plan.range().startNanos() : lastNanos();
  }

  /** Keys from the start of a slice, inclusive, to its end, exclusive, as times. */
  private TimeRange range(RowSlice of) {
    TimeRange whole = plan.range();
    if (!plan.descending()) {
      return new TimeRange(of.start(), of.isLast() ? whole.endNanos() : of.end());
    }
    long latest = ~of.start();
    return new TimeRange(
        of.isLast() ? whole.startNanos() : ~of.end() + 1,
        latest == Long.MAX_VALUE ? Long.MAX_VALUE : latest + 1);
  }

  @Override
  public Block block() {
    return reader.block();
  }

  @Override
  public void close() {
    // Scans are closed slice by slice, and the budget knows what is held.
    slice.buffer().clear();
  }
}
