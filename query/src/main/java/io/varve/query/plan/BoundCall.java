package io.varve.query.plan;

import io.varve.query.function.RowsFunction;
import io.varve.query.function.Transformation;
import io.varve.query.operator.AggregateCall;
import io.varve.query.operator.ColumnExpression;
import io.varve.storage.model.FieldType;
import java.util.List;

/** A call whose names and arguments have been looked up; calls inside it are part of it. */
sealed interface BoundCall {
  FieldType type();

  /** A call of an aggregate function: a row per window. */
  record Aggregate(AggregateCall call) implements BoundCall {
    @Override
    public FieldType type() {
      return call.type();
    }
  }

  /**
   * A call that may give any number of rows per window.
   *
   * @param tags that the function looks at
   * @param parameter how many rows, the unit in nanoseconds or the percentage; 0 without
   */
  record Rows(
      RowsFunction function,
      ColumnExpression.Input input,
      List<ColumnExpression.Input> tags,
      double parameter)
      implements BoundCall {
    @Override
    public FieldType type() {
      return function.resultType(input.type());
    }
  }

  /** No call but a field, as the argument of a transformation. */
  record PlainField(ColumnExpression.Input input) implements BoundCall {
    @Override
    public FieldType type() {
      return input.type();
    }
  }

  /** A run of values turned into another. */
  record Transformed(
      BoundCall input, Transformation.Kind kind, Transformation.Parameters parameters)
      implements BoundCall {
    @Override
    public FieldType type() {
      return kind.resultType(input.type());
    }
  }

  /** A call of {@code holt_winters} or {@code holt_winters_with_fit}. */
  record Forecast(BoundCall input, long horizon, long season, boolean fitted) implements BoundCall {
    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }
  }
}
