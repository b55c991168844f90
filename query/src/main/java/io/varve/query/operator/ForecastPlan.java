package io.varve.query.operator;

import io.varve.storage.model.FieldType;
import java.util.List;

/**
 * {@code holt_winters}: values that are to be expected behind those of another plan.
 *
 * @param input whose first column holds the values, one per window at most
 * @param horizon how many values to add
 * @param season windows after which values repeat; below 2 for none
 * @param fitted whether the fitted values of the past are printed too
 * @param intervalNanos from window to window
 */
public record ForecastPlan(
    RowPlan input, long horizon, long season, boolean fitted, long intervalNanos)
    implements RowPlan {

  @Override
  public RowSource open(QueryBudget budget) {
    return new ForecastRows(this, budget);
  }

  @Override
  public List<Group> groups() {
    return input.groups();
  }

  @Override
  public List<ColumnExpression> outputs() {
    return List.of(new ColumnExpression.Input(0, FieldType.FLOAT));
  }

  @Override
  public boolean descending() {
    return input.descending();
  }

  @Override
  public RowPlan with(List<Group> some) {
    return new ForecastPlan(input.with(some), horizon, season, fitted, intervalNanos);
  }
}
