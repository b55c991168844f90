package io.varve.query.plan;

import io.varve.query.function.AggregateFunction;
import io.varve.query.function.MathFunction;
import io.varve.query.function.RowsFunction;
import io.varve.query.function.Transformation;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.SelectField;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What kind of call an expression is. */
final class Calls {
  private Calls() {}

  static boolean isMath(Expression expression) {
    return expression instanceof Expression.Call call && MathFunction.of(call.name()) != null;
  }

  static boolean isForecast(Expression.Call call) {
    return call.name().equals("holt_winters") || call.name().equals("holt_winters_with_fit");
  }

  /** Whether a call that reads data stands in a field list. */
  static boolean anyIn(List<SelectField> fields) {
    for (SelectField field : fields) {
      if (Expressions.anyMatch(
          field.expression(), e -> e instanceof Expression.Call && !isMath(e))) {
        return true;
      }
    }
    return false;
  }

  /** The outermost calls that read data, without duplicates and in the order of the text. */
  static List<Expression.Call> outermost(List<SelectField> fields) {
    Set<Expression.Call> found = new LinkedHashSet<>();
    for (SelectField field : fields) {
      collect(field.expression(), found);
    }
    return List.copyOf(found);
  }

  private static void collect(Expression expression, Set<Expression.Call> into) {
    if (expression instanceof Expression.Call call && !isMath(call)) {
      into.add(call);
      return;
    }
    Expressions.children(expression).forEach(child -> collect(child, into));
  }

  /** Whether names stand in a field list outside of the calls that read data. */
  static boolean hasNamesBesideCalls(List<SelectField> fields) {
    for (SelectField field : fields) {
      if (hasNames(field.expression())) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasNames(Expression expression) {
    if (expression instanceof Expression.Call && !isMath(expression)) {
      return false;
    }
    if (expression instanceof Expression.VarRef) {
      return true;
    }
    for (Expression child : Expressions.children(expression)) {
      if (hasNames(child)) {
        return true;
      }
    }
    return false;
  }

  /** DISTINCT without parentheses as a call; everywhere in an expression. */
  static Expression normalize(Expression expression) {
    if (expression instanceof Expression.Distinct distinct) {
      return new Expression.Call("distinct", List.of(new Expression.VarRef(distinct.name(), null)));
    }
    if (expression instanceof Expression.Paren paren) {
      return new Expression.Paren(normalize(paren.inner()));
    }
    if (expression instanceof Expression.Binary binary) {
      return new Expression.Binary(
          binary.operator(), normalize(binary.left()), normalize(binary.right()));
    }
    if (expression instanceof Expression.Call call) {
      List<Expression> arguments = new ArrayList<>(call.arguments().size());
      for (Expression argument : call.arguments()) {
        arguments.add(normalize(argument));
      }
      return new Expression.Call(call.name(), arguments);
    }
    return expression;
  }

  /** A field list with the tags that top() or bottom() look at behind the call. */
  static List<SelectField> withTagsOfTop(List<SelectField> fields) {
    List<SelectField> all = new ArrayList<>();
    for (SelectField field : fields) {
      all.add(field);
      if (field.expression() instanceof Expression.Call call
          && (call.name().equals("top") || call.name().equals("bottom"))) {
        for (Expression tag : call.arguments().subList(1, call.arguments().size() - 1)) {
          all.add(new SelectField(tag, null));
        }
      }
    }
    return all;
  }

  /** Whether a call takes a field of the type; nested calls are asked innermost first. */
  static boolean accepts(Expression.Call call, FieldType type) {
    Expression argument = call.arguments().get(0);
    if (argument instanceof Expression.Call inner && !inner.name().equals("distinct")) {
      return accepts(inner, type);
    }
    AggregateFunction aggregate = AggregateFunction.of(call.name());
    if (aggregate != null) {
      return aggregate.accepts(type);
    }
    RowsFunction rows = RowsFunction.of(call.name());
    if (rows != null) {
      return rows.accepts(type);
    }
    MathFunction math = MathFunction.of(call.name());
    if (math != null) {
      return math.accepts(type);
    }
    Transformation.Kind kind = Transformation.Kind.of(call.name());
    return kind == null || kind.accepts(type);
  }
}
