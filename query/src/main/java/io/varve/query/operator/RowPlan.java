package io.varve.query.operator;

import java.util.List;

/** What is to be done to get rows; opening it starts the work. */
public sealed interface RowPlan
    permits RawPlan, AggregatePlan, TransformPlan, PickPlan, ForecastPlan, JoinPlan {
  RowSource open(QueryBudget budget);

  /**
   * As the other {@code open}, for a reader that wants only the first rows of each group.
   *
   * @param maxRows how many it may ask for; {@link Long#MAX_VALUE} for all
   */
  default RowSource open(QueryBudget budget, long maxRows) {
    return open(budget);
  }

  /** The output series, in output order. */
  List<Group> groups();

  /** The columns behind the time. */
  List<ColumnExpression> outputs();

  /** Whether rows of a group come latest first. */
  boolean descending();

  /** The same for some of the groups. */
  RowPlan with(List<Group> some);
}
