package io.varve.query.plan;

import io.varve.query.function.Transformation;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.SelectField;
import java.util.List;

/**
 * How many windows before a range have to be read for transformations of aggregates to have a value
 * in the first one.
 *
 * <p>Nested transformations read a window more each, but not more than one of them would by itself:
 * as many as it has a period, or one.
 *
 * @param nested how deep transformations are nested
 * @param most of the windows that one of them would read
 */
record LookBack(int nested, long most) {
  static LookBack of(List<SelectField> fields) {
    LookBack all = new LookBack(0, 0);
    for (SelectField field : fields) {
      all = all.or(of(field.expression()));
    }
    return all;
  }

  private static LookBack of(Expression expression) {
    LookBack inside = new LookBack(0, 0);
    for (Expression child : Expressions.children(expression)) {
      inside = inside.or(of(child));
    }
    Transformation.Kind kind =
        expression instanceof Expression.Call call ? Transformation.Kind.of(call.name()) : null;
    if (kind == null || !kind.looksBack()) {
      return inside;
    }
    List<Expression> arguments = ((Expression.Call) expression).arguments();
    boolean hasPeriod =
        arguments.size() > 1 && arguments.get(1) instanceof Expression.IntegerLiteral;
    long own = hasPeriod ? ((Expression.IntegerLiteral) arguments.get(1)).value() : 1;
    return new LookBack(inside.nested + 1, Math.max(inside.most, own));
  }

  private LookBack or(LookBack other) {
    return new LookBack(Math.max(nested, other.nested), Math.max(most, other.most));
  }

  /** The number of windows. */
  long windows() {
    return Math.min(nested, most);
  }
}
