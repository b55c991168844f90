package io.varve.query.operator;

import io.varve.query.function.Transformation;
import io.varve.storage.model.FieldType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transformations over the rows of another plan.
 *
 * @param input gives the columns that the steps read
 * @param steps the transformed columns
 * @param outputs the columns behind the time, computed from the results of the steps
 * @param firstNanos the first time that is printed; rows before are read only for what they add
 * @param lastNanos the last time that is printed
 */
public record TransformPlan(
    RowPlan input,
    List<Step> steps,
    List<ColumnExpression> outputs,
    long firstNanos,
    long lastNanos,
    boolean descending)
    implements RowPlan {

  /**
   * What happens to one column.
   *
   * @param column of the input
   * @param kind null if the column goes through as it is
   */
  public record Step(
      int column,
      Transformation.@Nullable Kind kind,
      Transformation.Parameters parameters,
      FieldType inputType) {
    public FieldType type() {
      return kind == null ? inputType : kind.resultType(inputType);
    }
  }

  @Override
  public RowSource open(QueryBudget budget) {
    return new TransformedRows(this, budget);
  }

  @Override
  public List<Group> groups() {
    return input.groups();
  }

  @Override
  public RowPlan with(List<Group> some) {
    return new TransformPlan(input.with(some), steps, outputs, firstNanos, lastNanos, descending);
  }
}
