package io.varve.query.plan;

import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.SelectField;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.FieldType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a plan reads of one measurement in one snapshot; for those who want to see the plan.
 *
 * @param fields the field list, without wildcards
 * @param types the stored fields of all sources of the SELECT
 */
public record PlannedScan(
    String measurement,
    List<SelectField> fields,
    Map<String, FieldType> types,
    SeriesReader reader,
    ScanSpec spec) {

  /** The calls that read the rows, with the types of what they read. */
  public List<String> calls() {
    return Calls.outermost(fields).stream().map(call -> Printer.print(typed(call))).toList();
  }

  /** Names read beside the calls, with their types. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    fields.forEach(field -> collect(field.expression(), names));
    return names;
  }

  private void collect(Expression expression, Set<String> into) {
    if (expression instanceof Expression.VarRef) {
      into.add(Printer.print(typed(expression)));
    } else if (!(expression instanceof Expression.Call) || Calls.isMath(expression)) {
      Expressions.children(expression).forEach(child -> collect(child, into));
    }
  }

  private Expression typed(Expression expression) {
    if (expression instanceof Expression.VarRef ref && ref.cast() == null) {
      FieldType type = types.get(ref.name());
      return new Expression.VarRef(ref.name(), type == null ? Cast.TAG : cast(type));
    }
    if (expression instanceof Expression.Paren paren) {
      return new Expression.Paren(typed(paren.inner()));
    }
    if (expression instanceof Expression.Binary binary) {
      return new Expression.Binary(binary.operator(), typed(binary.left()), typed(binary.right()));
    }
    if (expression instanceof Expression.Call call) {
      return new Expression.Call(call.name(), call.arguments().stream().map(this::typed).toList());
    }
    return expression;
  }

  private static Cast cast(FieldType type) {
    return switch (type) {
      case FLOAT -> Cast.FLOAT;
      case INTEGER -> Cast.INTEGER;
      case UNSIGNED -> Cast.UNSIGNED;
      case STRING -> Cast.STRING;
      case BOOLEAN -> Cast.BOOLEAN;
    };
  }
}
