package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.function.AggregateFunction;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Fill;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Refuses SELECTs that make no sense, or that cannot be answered rightly, before anything is read.
 */
final class SelectChecks {
  /** Functions of InfluxQL that are known and not built. */
  private static final Set<String> NOT_BUILT =
      Set.of(
          "abs",
          "acos",
          "asin",
          "atan",
          "atan2",
          "bottom",
          "ceil",
          "chande_momentum_oscillator",
          "cos",
          "count_hll",
          "cumulative_sum",
          "derivative",
          "difference",
          "distinct",
          "double_exponential_moving_average",
          "elapsed",
          "exp",
          "exponential_moving_average",
          "floor",
          "histogram",
          "holt_winters",
          "holt_winters_with_fit",
          "integral",
          "kaufmans_adaptive_moving_average",
          "kaufmans_efficiency_ratio",
          "ln",
          "log",
          "log10",
          "log2",
          "median",
          "mode",
          "moving_average",
          "non_negative_derivative",
          "non_negative_difference",
          "percentile",
          "pow",
          "relative_strength_index",
          "round",
          "sample",
          "sin",
          "spread",
          "sqrt",
          "stddev",
          "sum_hll",
          "tan",
          "top",
          "triple_exponential_derivative",
          "triple_exponential_moving_average");

  private final List<Expression.Call> calls = new ArrayList<>();
  private boolean names;

  private SelectChecks() {}

  /** Whether the SELECT has aggregates. */
  static boolean check(Select select) {
    if (select.target() != null) {
      throw new QueryException("SELECT INTO is not supported");
    }
    SelectChecks checks = new SelectChecks();
    boolean any = false;
    for (SelectField field : select.fields()) {
      if (!WhereClause.isTime(Expressions.unwrap(field.expression()))) {
        any = true;
        checks.visitField(field.expression());
      }
    }
    if (!any) {
      throw new QueryException("at least 1 non-time field must be queried");
    }
    checks.checkMixture();
    boolean aggregates = !checks.calls.isEmpty();
    Fill.Kind fill = select.fill().kind();
    if (!aggregates && (fill == Fill.Kind.NONE || fill == Fill.Kind.LINEAR)) {
      throw new QueryException(
          "fill("
              + (fill == Fill.Kind.NONE ? "none" : "linear")
              + ") must be used with a function");
    }
    return aggregates;
  }

  private void visitField(Expression expression) {
    boolean variable =
        Expressions.anyMatch(
            expression,
            part ->
                part instanceof Expression.VarRef
                    || part instanceof Expression.Call
                    || part instanceof Expression.Wildcard
                    || part instanceof Expression.Regex
                    || part instanceof Expression.Distinct);
    if (!variable) {
      throw new QueryException("field must contain at least one variable");
    }
    visit(expression);
  }

  private void visit(Expression expression) {
    if (expression instanceof Expression.Call call) {
      visitCall(call);
    } else if (expression instanceof Expression.Distinct) {
      throw new QueryException("distinct() is not supported");
    } else if (expression instanceof Expression.VarRef
        || expression instanceof Expression.Wildcard
        || expression instanceof Expression.Regex) {
      names = true;
    } else {
      Expressions.children(expression).forEach(this::visit);
    }
  }

  private void visitCall(Expression.Call call) {
    if (AggregateFunction.of(call.name()) == null) {
      throw new QueryException(
          NOT_BUILT.contains(call.name())
              ? call.name() + "() is not supported"
              : "undefined function " + call.name() + "()");
    }
    int arguments = call.arguments().size();
    if (arguments != 1) {
      throw new QueryException(
          "invalid number of arguments for " + call.name() + ", expected 1, got " + arguments);
    }
    Expression argument = call.arguments().get(0);
    if (argument instanceof Expression.Distinct
        || (argument instanceof Expression.Call inner && inner.name().equals("distinct"))) {
      throw new QueryException(call.name() + "(distinct()) is not supported");
    }
    boolean field =
        argument instanceof Expression.VarRef
            || argument instanceof Expression.Wildcard
            || argument instanceof Expression.Regex;
    if (!field || WhereClause.isTime(argument)) {
      throw new QueryException("expected field argument in " + call.name() + "()");
    }
    calls.add(call);
  }

  private void checkMixture() {
    if (!names || calls.isEmpty()) {
      return;
    }
    for (Expression.Call call : calls) {
      AggregateFunction function = AggregateFunction.of(call.name());
      if (function == null || !function.isSelector()) {
        throw new QueryException("mixing aggregate and non-aggregate queries is not supported");
      }
    }
    if (calls.size() > 1) {
      throw new QueryException(
          "mixing multiple selector functions with tags or fields is not supported");
    }
  }
}
