package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.function.AggregateFunction;
import io.varve.query.influxql.SelectValidator;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.influxql.ast.Source;

/** Refuses SELECTs that mean nothing, and those that mean something this planner cannot plan. */
final class SelectChecks {
  private SelectChecks() {}

  static void check(Select select) {
    SelectValidator.validate(select);
    if (select.target() != null) {
      throw new QueryException("SELECT INTO is not supported");
    }
    for (Source source : select.sources()) {
      if (source instanceof Source.Subquery) {
        throw new QueryException("a subquery is not supported");
      }
    }
    for (SelectField field : select.fields()) {
      checkCalls(field.expression());
    }
  }

  private static void checkCalls(Expression expression) {
    if (expression instanceof Expression.Distinct) {
      throw new QueryException("distinct() is not supported");
    }
    if (expression instanceof Expression.Call call) {
      if (AggregateFunction.of(call.name()) == null) {
        throw new QueryException(call.name() + "() is not supported");
      }
      Expression argument = call.arguments().get(0);
      if (argument instanceof Expression.Distinct || argument instanceof Expression.Call) {
        throw new QueryException(call.name() + "(distinct()) is not supported");
      }
    }
    Expressions.children(expression).forEach(SelectChecks::checkCalls);
  }
}
