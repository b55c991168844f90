package io.varve.query.operator;

import io.varve.query.function.Accumulator;
import io.varve.query.function.AggregateFunction;
import io.varve.query.function.Bitmap;
import io.varve.query.function.Companion;
import io.varve.query.function.DenseColumn;
import io.varve.query.function.RowRuns;
import io.varve.query.function.StateMemory;
import io.varve.query.function.WindowSpan;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of aggregates, group by group: all series of a group go into one set of accumulators, then
 * its windows are printed and the accumulators serve the next group. So memory grows with the
 * windows of one group only.
 *
 * <p>A batch is cut at window borders once for all columns, each column is made dense once for all
 * functions on it, and a batch within one window is answered from its statistics where possible.
 */
final class AggregateRows implements RowSource {
  private final AggregatePlan plan;
  private final QueryBudget budget;
  private final QueryBudget.Account memory;
  private final GroupScan scan;
  private final Accumulator[] accumulators;
  private final Companion[] companions;
  private final WindowSpan span;
  private final WindowOutput output;

  /** The calls of each input column. */
  private final int[][] callsByInput;

  private final int[] inputOfCalls;
  private final RowRuns runs = new RowRuns();
  private final DenseColumn dense = new DenseColumn();
  private final long[] mask = new long[Bitmap.WORDS];
  private final @Nullable AggregateFunction onlyEdge;
  private final ScanCost cost;
  private final boolean mergeable;
  private final long bytesPerWindow;
  private final long expectedBytes;
  private long windowBytes;
  private long collectedBytes;

  AggregateRows(AggregatePlan plan, QueryBudget budget) {
    this(plan, budget, plan.range().startNanos() != Long.MIN_VALUE);
  }

  /**
   * @param fillsFromStart whether windows between the start of the range and the first point are
   *     filled
   */
  AggregateRows(AggregatePlan plan, QueryBudget budget, boolean fillsFromStart) {
    this.plan = plan;
    this.budget = budget;
    memory = budget.account();
    cost = new ScanCost(plan.sources(), plan.range(), Long.MAX_VALUE, budget);
    List<AggregateCall> calls = plan.calls();
    boolean keepsTime = plan.printsPointTime() || !plan.companions().isEmpty();
    List<Accumulator> all = new ArrayList<>();
    accumulators = new Accumulator[calls.size()];
    StateMemory state = state();
    for (int c = 0; c < accumulators.length; c++) {
      AggregateCall call = calls.get(c);
      accumulators[c] =
          call.function().accumulator(call.inputType(), call.parameter(), keepsTime, state);
      all.add(accumulators[c]);
    }
    companions = new Companion[plan.companions().size()];
    for (int c = 0; c < companions.length; c++) {
      companions[c] = new Companion(plan.companions().get(c).type());
      all.add(companions[c]);
    }
    callsByInput = callsByInput(calls);
    inputOfCalls = new int[callsByInput.length];
    for (int i = 0; i < inputOfCalls.length; i++) {
      inputOfCalls[i] = calls.get(callsByInput[i][0]).input();
    }
    mergeable = companions.length == 0 && plan.windows().isNumberedFromEpoch() && areMergeable();
    bytesPerWindow = bytesPerWindow();
    expectedBytes = mergeable ? expectedBytes() : 0;
    span = new WindowSpan(all, this::checkWindows);
    output = new WindowOutput(plan, span, all, budget, fillsFromStart);
    onlyEdge = onlyEdge(plan);
    // Reading a group backwards lets last() stop at its first batch.
    scan =
        new GroupScan(
            plan.sources(),
            plan.groups(),
            plan.range(),
            onlyEdge == AggregateFunction.LAST,
            budget);
  }

  /** The numbers of the calls on each input, in the order of the inputs' first calls. */
  private static int[][] callsByInput(List<AggregateCall> calls) {
    int[][] byInput = new int[calls.size()][];
    int inputCount = 0;
    for (int c = 0; c < byInput.length; c++) {
      int i = 0;
      while (i < inputCount && calls.get(byInput[i][0]).input() != calls.get(c).input()) {
        i++;
      }
      if (i == inputCount) {
        byInput[inputCount++] = new int[] {c};
      } else {
        byInput[i] = Arrays.copyOf(byInput[i], byInput[i].length + 1);
        byInput[i][byInput[i].length - 1] = c;
      }
    }
    return Arrays.copyOf(byInput, inputCount);
  }

  private boolean areMergeable() {
    for (Accumulator accumulator : accumulators) {
      if (!accumulator.isMergeable()) {
        return false;
      }
    }
    return true;
  }

  /** FIRST or LAST if nothing else is asked for and there is one window; then series end early. */
  private static @Nullable AggregateFunction onlyEdge(AggregatePlan plan) {
    // A subquery may not be able to run backwards.
    for (ScanSource source : plan.sources()) {
      if (source.everyRowExists()) {
        return null;
      }
    }
    if (plan.windowed() || plan.calls().isEmpty()) {
      return null;
    }
    AggregateFunction function = plan.calls().get(0).function();
    for (AggregateCall call : plan.calls()) {
      if (call.function() != function) {
        return null;
      }
    }
    boolean edge = function == AggregateFunction.FIRST || function == AggregateFunction.LAST;
    return edge ? function : null;
  }

  private StateMemory state() {
    return new StateMemory() {
      @Override
      public void reserve(long bytes) {
        collectedBytes += bytes;
        memory.resize(windowBytes + collectedBytes);
      }

      @Override
      public void checkCancelled() {
        budget.checkCancelled();
      }
    };
  }

  private void checkWindows(long windows) {
    budget.checkWindows(windows);
    windowBytes = bytesPerWindow * windows;
    memory.resize(windowBytes + collectedBytes);
  }

  private long bytesPerWindow() {
    long bytes = 0;
    for (Accumulator accumulator : accumulators) {
      bytes += accumulator.bytesPerWindow();
    }
    for (Companion companion : companions) {
      bytes += companion.bytesPerWindow();
    }
    return bytes;
  }

  @Override
  public boolean nextGroup() {
    if (!scan.nextGroup()) {
      return false;
    }
    span.reset();
    if (mergeable && cost.isWorthParts(scan.group(), expectedBytes)) {
      addInParts();
    } else {
      addAll();
    }
    output.begin();
    return true;
  }

  /**
   * Adds the series of the group in parts with accumulators of their own, some of them on other
   * threads, and joins those in order. The parts do not depend on the number of threads, so sums of
   * floats are the same however many there are.
   */
  private void addInParts() {
    List<Group> parts = cost.parts(scan.group());
    scan.skipGroup();
    try (BlockRun<AggregateRows> run =
        new BlockRun<>(
            budget.resources(),
            parts.size(),
            budget.isPart(),
            (number, stopped) -> {
              try (AggregateRows rows =
                  new AggregateRows(plan.part(List.of(parts.get(number))), budget.part(stopped))) {
                rows.scan.nextGroup();
                rows.addAll();
                return rows;
              }
            })) {
      for (int p = 0; p < parts.size(); p++) {
        AggregateRows part = run.take();
        join(part);
        part.memory.resize(0);
      }
    }
  }

  /** State of one group, or a great deal if only the data know how many windows there are. */
  private long expectedBytes() {
    long windows = 1;
    if (plan.windowed()) {
      if (plan.range().isEmpty() || plan.range().startNanos() == Long.MIN_VALUE) {
        return Long.MAX_VALUE;
      }
      long last = plan.windows().indexOf(plan.range().endNanos() - 1);
      windows = last - plan.windows().indexOf(plan.range().startNanos()) + 1;
    }
    return windows * bytesPerWindow;
  }

  private void join(AggregateRows part) {
    if (part.span.isEmpty()) {
      return;
    }
    long first = part.span.first();
    long last = part.span.last();
    span.include(first, last);
    for (int c = 0; c < accumulators.length; c++) {
      for (long window = first; window <= last; window++) {
        int from = part.span.slot(window);
        if (part.accumulators[c].hasValue(from)) {
          accumulators[c].merge(part.accumulators[c], from, span.slot(window));
        }
      }
    }
  }

  /**
   * Whether the latest rows of the group are known, wherever its points begin.
   *
   * @param rows how many are wanted
   * @param window a window that a point must lie in or before, if rows are filled
   */
  boolean hasRows(long rows, long window) {
    if (plan.fill().mode() == Fill.Mode.NONE) {
      return output.hasWindows(rows);
    }
    return !span.isEmpty() && span.first() <= window && fillsAreKnown();
  }

  /** Zeros and numbers are filled in only for columns that have a value somewhere. */
  private boolean fillsAreKnown() {
    for (int c = 0; c < accumulators.length; c++) {
      boolean fillsNothing =
          plan.fill().mode() == Fill.Mode.NULL && !plan.calls().get(c).function().countsNothing();
      if (!fillsNothing && !hasAnyValue(accumulators[c])) {
        return false;
      }
    }
    return true;
  }

  private boolean hasAnyValue(Accumulator accumulator) {
    for (long window = span.first(); window <= span.last(); window++) {
      if (accumulator.hasValue(span.slot(window))) {
        return true;
      }
    }
    return false;
  }

  private void addAll() {
    while (scan.nextSeries()) {
      long seen = 0;
      while (scan.nextBatch()) {
        seen |= add(scan.inputs());
        if (onlyEdge != null && Long.bitCount(seen) == Math.min(64, inputOfCalls.length)) {
          break;
        }
      }
    }
  }

  /** Adds a batch; answers which inputs, as bits, had values in it. */
  private long add(BatchInputs inputs) {
    ColumnBatch batch = inputs.batch();
    long[] kept = inputs.hasCondition() ? inputs.kept() : null;
    if (kept != null && Bitmap.count(kept, batch.rowCount()) == 0) {
      return 0;
    }
    long window = plan.windows().indexOf(batch.firstTimestampNanos());
    boolean oneWindow = window == plan.windows().indexOf(batch.lastTimestampNanos());
    long seen = 0;
    boolean cut = false;
    for (int i = 0; i < inputOfCalls.length; i++) {
      Column column = inputs.input(inputOfCalls[i]);
      if (column.isAbsent()) {
        continue;
      }
      if (kept == null && oneWindow && addStats(batch, column, i, window)) {
        seen |= bit(i);
        continue;
      }
      if (!cut) {
        plan.windows().cut(batch, runs);
        cut = true;
      }
      dense.load(batch, column, Bitmap.and(kept, column.presence(), mask, batch.rowCount()), runs);
      if (dense.size() > 0) {
        seen |= bit(i);
        span.include(dense.runWindow()[0], dense.runWindow()[dense.runCount() - 1]);
        for (int call : callsByInput[i]) {
          accumulators[call].add(dense, span);
        }
        followSelector(inputs);
      }
    }
    return seen;
  }

  /** With more than 64 inputs, the last bit stands for all the rest; reading on is always right. */
  private long bit(int input) {
    return inputOfCalls.length <= 64 ? 1L << input : 0;
  }

  /** True if the statistics of the column answered all calls on it. */
  private boolean addStats(ColumnBatch batch, Column column, int input, long window) {
    ColumnStats stats = companions.length > 0 ? null : column.stats();
    if (stats == null || stats.count() != batch.rowCount()) {
      return stats != null && addSparseStats(stats, input, window);
    }
    span.include(window, window);
    int slot = span.slot(window);
    return addStats(stats, input, slot, batch.firstTimestampNanos(), batch.lastTimestampNanos());
  }

  /** Statistics of a column with gaps, of which it is not known when its values were measured. */
  private boolean addSparseStats(ColumnStats stats, int input, long window) {
    for (int call : callsByInput[input]) {
      AggregateFunction function = plan.calls().get(call).function();
      if (plan.printsPointTime()
          || function == AggregateFunction.FIRST
          || function == AggregateFunction.LAST) {
        return false;
      }
    }
    span.include(window, window);
    return addStats(stats, input, span.slot(window), 0, 0);
  }

  private boolean addStats(
      ColumnStats stats, int input, int slot, long firstNanos, long lastNanos) {
    int[] calls = callsByInput[input];
    for (int call : calls) {
      if (!plan.calls().get(call).function().startsFromStats()) {
        return false;
      }
    }
    for (int c = 0; c < calls.length; c++) {
      if (!accumulators[calls[c]].addStats(stats, slot, firstNanos, lastNanos)) {
        if (c > 0) {
          throw new IllegalStateException("only a single call may ask for values");
        }
        return false;
      }
    }
    return true;
  }

  private void followSelector(BatchInputs inputs) {
    for (int c = 0; c < companions.length; c++) {
      Column column = inputs.input(plan.companions().get(c).index());
      for (int r = 0; r < dense.runCount(); r++) {
        int row = accumulators[0].chosenRow(r);
        if (row >= 0) {
          companions[c].set(span.slot(dense.runWindow()[r]), column, row);
        }
      }
    }
  }

  @Override
  public Group group() {
    return scan.group();
  }

  @Override
  public boolean nextBlock() {
    budget.checkCancelled();
    return output.nextBlock();
  }

  @Override
  public Block block() {
    return output.block();
  }

  @Override
  public void close() {
    scan.close();
  }
}
