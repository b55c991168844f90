package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Fill;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.influxql.ast.Source;
import java.util.List;

/**
 * Refuses SELECTs that parse but mean nothing, with the messages InfluxDB has for them. Needs only
 * the text: no schema, no clock. Subqueries are checked too.
 */
public final class SelectValidator {
  private SelectValidator() {}

  /**
   * Checks a whole statement.
   *
   * @throws QueryException if it cannot run; the message is for {@code results[i].error}
   */
  public static void validate(Select select) {
    validate(select, 0, select.ascending());
  }

  private static void validate(Select select, long inheritedInterval, boolean ascending) {
    ConditionValidator.validate(select.condition());
    long interval = DimensionValidator.validate(select.dimensions(), select.timeZone());
    if (select.order() != null && select.ascending() != ascending) {
      throw new QueryException(
          "subqueries must be ordered in the same direction as the query itself");
    }
    boolean ownInterval = interval != 0;
    if (!ownInterval) {
      interval = inheritedInterval;
    }
    CallValidator calls = new CallValidator(interval != 0, ownInterval, select.limits().limit());
    int fields = 0;
    for (SelectField field : select.fields()) {
      if (isTime(field.expression())) {
        continue;
      }
      fields++;
      calls.validateField(Reducer.reduce(field.expression()));
    }
    if (fields == 0) {
      throw new QueryException("at least 1 non-time field must be queried");
    }
    checkFunctions(calls, select.fill(), ownInterval);
    for (Source source : select.sources()) {
      if (source instanceof Source.Subquery subquery) {
        validate(subquery.select(), interval, ascending);
      }
    }
  }

  private static boolean isTime(Expression expression) {
    return expression instanceof Expression.VarRef ref && ref.name().equals("time");
  }

  private static void checkFunctions(CallValidator calls, Fill fill, boolean ownInterval) {
    List<Expression.Call> functions = calls.functions();
    String topOrBottom = calls.topOrBottom();
    if (functions.size() > 1 && topOrBottom != null) {
      throw new QueryException(
          "selector function " + topOrBottom + "() cannot be combined with other functions");
    }
    if (functions.isEmpty()) {
      if (fill.kind() == Fill.Kind.NONE || fill.kind() == Fill.Kind.LINEAR) {
        String option = fill.kind() == Fill.Kind.NONE ? "none" : "linear";
        throw new QueryException("fill(" + option + ") must be used with a function");
      }
      if (ownInterval) {
        throw new QueryException("GROUP BY requires at least one aggregate function");
      }
    }
    if (calls.hasDistinct() && (functions.size() != 1 || calls.hasAuxiliaryFields())) {
      throw new QueryException(
          "aggregate function distinct() cannot be combined with other functions or fields");
    }
    if (calls.hasAuxiliaryFields()) {
      if (!calls.onlySelectors()) {
        throw new QueryException("mixing aggregate and non-aggregate queries is not supported");
      }
      if (functions.size() > 1) {
        throw new QueryException(
            "mixing multiple selector functions with tags or fields is not supported");
      }
    }
  }

  /** The interval of GROUP BY time(...) in nanoseconds, 0 without one. */
  public static long groupByInterval(Select select) {
    for (Dimension dimension : select.dimensions()) {
      Expression expression = Reducer.reduce(dimension.expression());
      if (expression instanceof Expression.Call call && call.name().equals("time")) {
        return DimensionValidator.interval(call);
      }
    }
    return 0;
  }
}
