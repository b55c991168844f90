package io.varve.query.operator;

import io.varve.query.function.RowsFunction;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.List;

/**
 * A function over the rows of each window, which may answer with several rows.
 *
 * @param input rows whose first column is what the function reads; then come the tags that it looks
 *     at, then the columns printed beside its result
 * @param tagCount how many tags it looks at
 * @param windows how time is cut
 * @param windowed false if there is one window
 * @param wholeNanos the time of rows without a time of their own if there is one window
 * @param parameter how many rows, the unit in nanoseconds or the percentage; 0 without
 */
public record PickPlan(
    RawPlan input,
    RowsFunction function,
    int tagCount,
    Windows windows,
    boolean windowed,
    long wholeNanos,
    double parameter)
    implements RowPlan {

  FieldType inputType() {
    return input.outputs().get(0).type();
  }

  @Override
  public RowSource open(QueryBudget budget) {
    return new PickedRows(this, budget);
  }

  @Override
  public List<Group> groups() {
    return input.groups();
  }

  @Override
  public List<ColumnExpression> outputs() {
    List<ColumnExpression> outputs = new ArrayList<>(input.outputs());
    outputs.set(0, new ColumnExpression.Input(0, function.resultType(inputType())));
    return outputs;
  }

  @Override
  public boolean descending() {
    return input.descending();
  }

  @Override
  public RowPlan with(List<Group> some) {
    return new PickPlan(
        input.with(some), function, tagCount, windows, windowed, wholeNanos, parameter);
  }
}
