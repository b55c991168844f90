package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.HoltWinters;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import java.util.Arrays;

/**
 * Reads all rows of a group, forecasts, and hands out the rows of the forecast.
 *
 * <p>Only an ascending run of values can be forecast; a descending one has no rows.
 */
final class ForecastRows implements RowSource {
  private static final double[] NONE = new double[0];

  private final ForecastPlan plan;
  private final QueryBudget budget;
  private final RowSource source;
  private final Vector result = new Vector(FieldType.FLOAT);
  private final Block block = new Block(1);
  private final long[] times = new long[ColumnBatch.MAX_ROWS];

  private long[] knownTimes = new long[64];
  private double[] known = new double[64];
  private int count;

  private double[] forecast = NONE;
  private int next;
  private long firstNanos;

  ForecastRows(ForecastPlan plan, QueryBudget budget) {
    this.plan = plan;
    this.budget = budget;
    source = plan.input().open(budget);
  }

  @Override
  public boolean nextGroup() {
    if (!source.nextGroup()) {
      return false;
    }
    count = 0;
    while (source.nextBlock()) {
      read(source.block());
    }
    forecast = NONE;
    next = 0;
    if (count >= 2 && count >= (plan.season() < 2 ? 0 : plan.season())) {
      forecast();
    }
    return true;
  }

  private void read(Block input) {
    Column column = input.values(0);
    if (column.isAbsent()) {
      return;
    }
    for (int row = 0; row < input.rowCount(); row++) {
      if (Bitmap.get(column.presence(), row)) {
        if (count == known.length) {
          budget.checkStateBytes(4L * Long.BYTES * count);
          known = Arrays.copyOf(known, count * 2);
          knownTimes = Arrays.copyOf(knownTimes, count * 2);
        }
        knownTimes[count] = input.times()[row];
        known[count++] = RowPickers.asDouble(column, row);
      }
    }
  }

  private void forecast() {
    long first = window(knownTimes[0]);
    long windows = window(knownTimes[count - 1]) - first + 1;
    if (windows < 2 || windows < plan.season()) {
      return;
    }
    long rows = windows + plan.horizon();
    budget.checkWindows(rows < 0 ? Long.MAX_VALUE : rows);
    budget.checkStateBytes(
        HoltWinters.stateBytes(windows, plan.horizon(), plan.season())
            + 4L * Long.BYTES * known.length);
    if (rows > Integer.MAX_VALUE - 8L) {
      budget.checkStateBytes(Long.MAX_VALUE);
    }
    double[] values = new double[(int) windows];
    Arrays.fill(values, Double.NaN);
    // Of several values in one window the first counts.
    for (int i = count - 1; i >= 0; i--) {
      values[(int) (window(knownTimes[i]) - first)] = known[i];
    }
    forecast =
        HoltWinters.forecast(
            values, (int) plan.horizon(), (int) plan.season(), budget::checkCancelled);
    firstNanos = knownTimes[0];
    if (!plan.fitted()) {
      next = values.length;
      firstNanos = knownTimes[count - 1] - (windows - 1) * plan.intervalNanos();
    }
  }

  /** The number of the window whose start is nearest. */
  private long window(long timestampNanos) {
    long interval = plan.intervalNanos();
    return timestampNanos / interval + (timestampNanos % interval > interval / 2 ? 1 : 0);
  }

  @Override
  public boolean nextBlock() {
    int rows = 0;
    result.reset(ColumnBatch.MAX_ROWS);
    for (; next < forecast.length && rows < times.length; next++) {
      if (!Double.isNaN(forecast[next])) {
        times[rows] = firstNanos + next * plan.intervalNanos();
        result.setDouble(rows++, forecast[next]);
      }
    }
    result.shorten(rows);
    block.reset(rows, times);
    block.set(0, result);
    return rows > 0;
  }

  @Override
  public Group group() {
    return source.group();
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
