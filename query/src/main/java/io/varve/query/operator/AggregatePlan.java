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
  public RowPlan with(List<Group> some, boolean otherDirection) {
    return new AggregatePlan(
        sources, some, range, otherDirection, windows, windowed, fill, calls, companions, outputs);
  }

  @Override
  public RowSource open(QueryBudget budget) {
    return new AggregateRows(this, budget);
  }
}
