package io.varve.query.operator;

import io.varve.storage.model.TimeRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The latest windows of each group, for {@code ORDER BY time DESC LIMIT n}: reads only as far back
 * as it takes.
 *
 * <p>First all groups are read over the last {@code n} windows. A group that does not have its rows
 * by then is read again, by itself, over eight times as many, and so on: so the whole range is read
 * at most once and a seventh, and only for groups with large gaps or few points.
 */
final class LatestWindows implements RowSource {
  private static final int GROWTH = 8;

  /** More windows than that are all of time. */
  private static final long ALL = 1L << 58;

  private final AggregatePlan plan;
  private final QueryBudget budget;
  private final long maxRows;
  private final long high;
  private final AggregateRows together;
  private @Nullable AggregateRows alone;

  /**
   * @param plan one that {@link #suits}
   */
  LatestWindows(AggregatePlan plan, QueryBudget budget, long maxRows) {
    this.plan = plan;
    this.budget = budget;
    this.maxRows = maxRows;
    high = plan.windows().indexOf(plan.range().endNanos() - 1);
    together = open(plan.groups(), maxRows);
  }

  /** Whether the last rows of a plan can be told without the others. */
  static boolean suits(AggregatePlan plan, long maxRows) {
    Fill.Mode fill = plan.fill().mode();
    // Without a lower end each column is filled from its own first point on, and where that is
    // cannot be seen from the latest windows; with one column its rows tell.
    boolean eachColumnFromItsOwn =
        !isBounded(plan) && plan.calls().size() > 1 && fill != Fill.Mode.NONE;
    return plan.descending()
        && !eachColumnFromItsOwn
        && plan.windowed()
        && maxRows < ALL
        && !plan.range().isEmpty()
        && plan.windows().isNumberedFromEpoch()
        && (fill == Fill.Mode.NULL || fill == Fill.Mode.NONE || fill == Fill.Mode.NUMBER)
        && plan.sources().stream().noneMatch(ScanSource::everyRowExists);
  }

  private AggregateRows open(List<Group> groups, long windows) {
    TimeRange late = new TimeRange(start(windows), plan.range().endNanos());
    return new AggregateRows(plan.within(late, groups), budget, isBounded(plan));
  }

  private static boolean isBounded(AggregatePlan plan) {
    return plan.range().startNanos() != Long.MIN_VALUE;
  }

  /** Where the last so many windows begin, but not before the range does. */
  private long start(long windows) {
    long first = plan.range().startNanos();
    return windows >= ALL ? first : Math.max(first, plan.windows().start(high - windows + 1));
  }

  @Override
  public boolean nextGroup() {
    closeAlone();
    if (!together.nextGroup()) {
      return false;
    }
    long windows = maxRows;
    while (start(windows) > plan.range().startNanos()
        && !current().hasRows(maxRows, isBounded(plan) ? Long.MAX_VALUE : high - windows + 1)) {
      closeAlone();
      windows = Math.min(ALL, windows * GROWTH);
      alone = open(List.of(together.group()), windows);
      alone.nextGroup();
    }
    return true;
  }

  private AggregateRows current() {
    return alone == null ? together : alone;
  }

  private void closeAlone() {
    if (alone != null) {
      alone.close();
      alone = null;
    }
  }

  @Override
  public Group group() {
    return together.group();
  }

  @Override
  public boolean nextBlock() {
    return current().nextBlock();
  }

  @Override
  public Block block() {
    return current().block();
  }

  @Override
  public void close() {
    closeAlone();
    together.close();
  }
}
