package io.varve.query.operator;

import io.varve.query.function.Accumulator;
import io.varve.query.function.Vector;
import io.varve.query.function.WindowSpan;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.TimeRange;
import java.util.List;

/** Prints the windows of one group after the other: order, fill, then the output expressions. */
final class WindowOutput implements ColumnExpression.Inputs {
  private final AggregatePlan plan;
  private final WindowSpan span;
  private final QueryBudget budget;
  private final boolean bounded;
  private final List<Accumulator> results;
  private final WindowFill[] fills;
  private final Vector[] vectors;
  private final Block block;
  private final long[] windows;
  private final long[] times;
  private int rows;

  /** The next window to print, and the last one; in printing order. */
  private long next;

  private long last;
  private boolean done = true;

  WindowOutput(
      AggregatePlan plan,
      WindowSpan span,
      List<Accumulator> results,
      QueryBudget budget,
      boolean fillsFromStart) {
    bounded = fillsFromStart;
    this.plan = plan;
    this.budget = budget;
    this.span = span;
    this.results = results;
    int mostRows = mostRows(plan);
    windows = new long[mostRows];
    times = new long[mostRows];
    fills = new WindowFill[results.size()];
    vectors = new Vector[results.size()];
    for (int i = 0; i < fills.length; i++) {
      boolean call = i < plan.calls().size();
      boolean count = call && plan.calls().get(i).function().countsNothing();
      boolean filled =
          call ? plan.calls().get(i).filled() : plan.fill().mode() == Fill.Mode.PREVIOUS;
      fills[i] = new WindowFill(filled ? plan.fill() : Fill.NULL, count, results.get(i), span);
      vectors[i] = new Vector(results.get(i).type(), mostRows);
    }
    block = new Block(plan.outputs().size());
  }

  /** Rows of the largest block: arrays for the few windows of most queries are soon cleared. */
  private static int mostRows(AggregatePlan plan) {
    if (!plan.windowed()) {
      return 1;
    }
    TimeRange range = plan.range();
    if (range.startNanos() == Long.MIN_VALUE
        || range.isEmpty()
        || !plan.windows().isNumberedFromEpoch()) {
      return ColumnBatch.MAX_ROWS;
    }
    long first = plan.windows().indexOf(range.startNanos());
    long windowCount = plan.windows().indexOf(range.endNanos() - 1) - first + 1;
    return (int) Math.min(windowCount, ColumnBatch.MAX_ROWS);
  }

  /** Starts with the windows of the group whose points are all in. */
  void begin() {
    done = span.isEmpty() || !hasAnyValue();
    if (done) {
      return;
    }
    boolean filled = plan.windowed() && plan.fill().mode() != Fill.Mode.NONE;
    long low = span.first();
    long high = span.last();
    if (filled) {
      if (bounded) {
        low = plan.windows().indexOf(plan.range().startNanos());
      }
      high = plan.windows().indexOf(plan.range().endNanos() - 1);
    }
    budget.checkWindows(high - low + 1);
    next = plan.descending() ? high : low;
    last = plan.descending() ? low : high;
    for (int i = 0; i < fills.length; i++) {
      fills[i].begin(plan.descending(), bounded ? low : Long.MIN_VALUE);
    }
  }

  boolean nextBlock() {
    if (done) {
      return false;
    }
    rows = 0;
    while (!done && rows < windows.length) {
      boolean filled = plan.windowed() && plan.fill().mode() != Fill.Mode.NONE;
      if (filled || hasAnyValue(next)) {
        windows[rows++] = next;
      }
      done = next == last;
      next += plan.descending() ? -1 : 1;
    }
    if (rows == 0) {
      return false;
    }
    for (int i = 0; i < vectors.length; i++) {
      vectors[i].reset(rows);
      fills[i].read(windows, rows, vectors[i], plan.windowed());
    }
    writeTimes();
    block.reset(rows, times);
    for (int c = 0; c < plan.outputs().size(); c++) {
      block.set(c, plan.outputs().get(c).evaluate(this));
    }
    return true;
  }

  /** A rank may lie outside of every window that has points; then there is nothing to fill. */
  private boolean hasAnyValue() {
    for (long window = span.first(); window <= span.last(); window++) {
      if (hasAnyValue(window)) {
        return true;
      }
    }
    return false;
  }

  /** Whether so many windows of the group have values. */
  boolean hasWindows(long count) {
    long found = 0;
    for (long w = span.last(); !span.isEmpty() && w >= span.first() && found < count; w--) {
      found += hasAnyValue(w) ? 1 : 0;
    }
    return found >= count;
  }

  private boolean hasAnyValue(long window) {
    int slot = span.slot(window);
    if (slot >= 0) {
      for (int c = 0; c < plan.calls().size(); c++) {
        if (results.get(c).hasValue(slot)) {
          return true;
        }
      }
    }
    return false;
  }

  private void writeTimes() {
    if (plan.windowed()) {
      for (int i = 0; i < rows; i++) {
        times[i] = plan.windows().start(windows[i]);
      }
    } else if (plan.printsPointTime()) {
      times[0] = results.get(0).timestampNanos(span.slot(windows[0]));
    } else {
      long start = plan.range().startNanos();
      times[0] = start == Long.MIN_VALUE ? 0 : start;
    }
  }

  @Override
  public int rowCount() {
    return rows;
  }

  @Override
  public Column input(int index) {
    return vectors[index];
  }

  Block block() {
    return block;
  }
}
