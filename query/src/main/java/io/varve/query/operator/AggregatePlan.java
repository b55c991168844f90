package io.varve.query.operator;

import io.varve.storage.model.TimeRange;
import java.util.List;

/**
 * A SELECT of aggregates.
 *
 * @param windows how time is cut; one window if {@code windowed} is false
 * @param windowed whether there is a row per window, printed with the window's start, or one row
 * @param calls the calls, without duplicates
 * @param companions inputs of which the value beside the chosen point is printed; only with a
 *     single call of a selector
 * @param outputs the columns behind the time, computed from the calls' results followed by the
 *     companions
 */
public record AggregatePlan(
    List<ScanSource> sources,
    List<Group> groups,
    TimeRange range,
    boolean descending,
    Windows windows,
    boolean windowed,
    Fill fill,
    List<AggregateCall> calls,
    List<ColumnExpression.Input> companions,
    List<ColumnExpression> outputs)
    implements RowPlan {

  /** Whether the row of a group has the time of the one point that was chosen. */
  boolean printsPointTime() {
    return !windowed && calls.size() == 1 && calls.get(0).function().isSelector();
  }

  @Override
  public RowPlan with(List<Group> some) {
    return new AggregatePlan(
        sources, some, range, descending, windows, windowed, fill, calls, companions, outputs);
  }

  /** The same for some groups, on another thread. */
  AggregatePlan part(List<Group> some) {
    return new AggregatePlan(
        sources.stream().map(ScanSource::copy).toList(),
        some,
        range,
        descending,
        windows.copy(),
        windowed,
        fill,
        calls,
        companions,
        outputs.stream().map(ColumnExpression::copy).toList());
  }

  /** The same for some groups and part of the range, on the same thread. */
  AggregatePlan within(TimeRange part, List<Group> some) {
    return new AggregatePlan(
        sources, some, part, descending, windows, windowed, fill, calls, companions, outputs);
  }

  @Override
  public RowSource open(QueryBudget budget, long maxRows) {
    return LatestWindows.suits(this, maxRows)
        ? new LatestWindows(this, budget, maxRows)
        : open(budget);
  }

  @Override
  public RowSource open(QueryBudget budget) {
    ScanCost cost = new ScanCost(sources, range, Long.MAX_VALUE, budget);
    return cost.isWorthDividing(groups)
        ? new DividedRows(
            groups, cost, budget, (some, part) -> new AggregateRows(this.part(some), part))
        : new AggregateRows(this, budget);
  }
}
