package io.varve.query.operator;

import io.varve.storage.model.TimeRange;
import java.util.List;

/**
 * A SELECT of raw rows.
 *
 * @param fieldInputs the inputs of which one must have a value for a row to exist
 * @param outputs the columns behind the time
 * @param maxRows rows of a group that will be asked for; {@link Long#MAX_VALUE} for all
 */
public record RawPlan(
    List<ScanSource> sources,
    List<Group> groups,
    TimeRange range,
    boolean descending,
    int[] fieldInputs,
    List<ColumnExpression> outputs,
    long maxRows)
    implements RowPlan {

  @Override
  public RawPlan with(List<Group> some) {
    return new RawPlan(sources, some, range, descending, fieldInputs, outputs, maxRows);
  }

  @Override
  public RowSource open(QueryBudget budget) {
    for (Group group : groups) {
      if (group.seriesCount() > 1) {
        return new MergedRows(this, budget);
      }
    }
    ScanCost cost = new ScanCost(sources, range, maxRows, budget);
    boolean divided = cost.isWorthDividing(groups);
    if (groups.size() > 1 && maxRows <= FirstRows.MAX_ROWS && !readsSubquery()) {
      return new FirstRows(this, !divided, budget);
    }
    return divided
        ? new DividedRows(groups, cost, budget, (some, part) -> new SeriesRows(part(some), part))
        : new SeriesRows(this, budget);
  }

  private boolean readsSubquery() {
    for (ScanSource source : sources) {
      if (source.everyRowExists()) {
        return true;
      }
    }
    return false;
  }

  /** The same for another thread. */
  RawPlan part() {
    return part(groups);
  }

  /** The same for some groups, on another thread. */
  RawPlan part(List<Group> some) {
    return new RawPlan(
        sources.stream().map(ScanSource::copy).toList(),
        some,
        range,
        descending,
        fieldInputs,
        outputs.stream().map(ColumnExpression::copy).toList(),
        maxRows);
  }
}
