package io.varve.query.operator;

/** What is to be done to get rows; opening it starts the work. */
public sealed interface RowPlan permits RawPlan, AggregatePlan, TransformPlan, PickPlan {
  RowSource open(QueryBudget budget);
}
