package io.varve.query.promql;

import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.ast.ValueType;
import io.varve.query.promql.ast.VectorMatching;
import io.varve.query.promql.ast.VectorMatching.Cardinality;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/** What is well written but makes no sense, in the order in which Prometheus notices it. */
final class TypeChecker {
  private final String text;
  private final IdentityHashMap<Expr.BinaryExpr, VectorMatching> writtenMatching;

  TypeChecker(String text, IdentityHashMap<Expr.BinaryExpr, VectorMatching> writtenMatching) {
    this.text = text;
    this.writtenMatching = writtenMatching;
  }

  /**
   * Checks the tree.
   *
   * @throws ParseException for the first thing that is wrong
   */
  void check(Expr expr) {
    if (expr instanceof Expr.AggregateExpr aggregate) {
      checkAggregate(aggregate);
    } else if (expr instanceof Expr.BinaryExpr binary) {
      checkBinary(binary);
    } else if (expr instanceof Expr.Call call) {
      checkCall(call);
    } else if (expr instanceof Expr.ParenExpr paren) {
      check(paren.expr());
    } else if (expr instanceof Expr.UnaryExpr unary) {
      check(unary.expr());
      if (!isScalarOrVector(unary.expr())) {
        throw error(
            unary,
            "unary expression only allowed on expressions of type scalar or instant vector, got "
                + Quoting.quote(unary.expr().type().documentedType()));
      }
    } else if (expr instanceof Expr.SubqueryExpr subquery) {
      check(subquery.expr());
      if (subquery.expr().type() != ValueType.VECTOR) {
        throw error(
            subquery,
            "subquery is only allowed on instant vector, got "
                + subquery.expr().type().resultType()
                + " instead");
      }
    } else if (expr instanceof Expr.MatrixSelector matrix) {
      checkSelector(matrix.vectorSelector());
    } else if (expr instanceof Expr.VectorSelector selector) {
      checkSelector(selector);
    }
  }

  private void expectType(Expr expr, ValueType wanted, String context) {
    check(expr);
    if (expr.type() != wanted) {
      throw wrongType(expr, wanted, context);
    }
  }

  private ParseException wrongType(Expr expr, ValueType wanted, String context) {
    return error(
        expr,
        "expected type "
            + wanted.documentedType()
            + " in "
            + context
            + ", got "
            + expr.type().documentedType());
  }

  private void checkAggregate(Expr.AggregateExpr aggregate) {
    expectType(aggregate.expr(), ValueType.VECTOR, "aggregation expression");
    Expr param = aggregate.param();
    ValueType paramType = aggregate.operator().paramType();
    if (param != null && paramType != null) {
      expectType(param, paramType, "aggregation parameter");
    }
  }

  private void checkBinary(Expr.BinaryExpr binary) {
    check(binary.lhs());
    check(binary.rhs());
    BinaryOperator operator = binary.operator();
    VectorMatching matching = Objects.requireNonNull(writtenMatching.get(binary));
    if (binary.returnBool() && !operator.isComparison()) {
      throw errorAtOperator(binary, "bool modifier can only be used on comparison operators");
    }
    if (operator.isComparison() && !binary.returnBool() && binary.type() == ValueType.SCALAR) {
      throw errorAtOperator(binary, "comparisons between scalars must use BOOL modifier");
    }
    if (matching.on()) {
      for (String label : matching.matchingLabels()) {
        if (matching.include().contains(label)) {
          throw errorAtOperator(
              binary,
              "label " + Quoting.quote(label) + " must not occur in ON and GROUP clause at once");
        }
      }
    }
    for (Expr operand : List.of(binary.lhs(), binary.rhs())) {
      if (!isScalarOrVector(operand)) {
        throw error(operand, "binary expression must contain only scalar and instant vector types");
      }
    }
    checkMatching(binary, matching);
  }

  private void checkMatching(Expr.BinaryExpr binary, VectorMatching matching) {
    BinaryOperator operator = binary.operator();
    if (binary.matching() == null) {
      if (!matching.matchingLabels().isEmpty()) {
        throw error(binary, "vector matching only allowed between instant vectors");
      }
      if (operator.isTrim() && binary.type() == ValueType.SCALAR) {
        throw error(
            binary,
            "operator "
                + Quoting.quote(operator.text())
                + " not allowed in binary scalar expression");
      }
      if (matching.fills()) {
        throw error(binary, "filling in missing series only allowed between instant vectors");
      }
      if (operator.isSet()) {
        throw error(
            binary,
            "set operator "
                + Quoting.quote(operator.text())
                + " not allowed in binary scalar expression");
      }
    } else if (operator.isSet() && matching.card() != Cardinality.MANY_TO_MANY) {
      throw error(
          binary, "no grouping allowed for " + Quoting.quote(operator.text()) + " operation");
    } else if (operator.isSet() && matching.fills()) {
      throw error(binary, "filling in missing series not allowed for set operators");
    }
  }

  private static boolean isScalarOrVector(Expr expr) {
    return expr.type() == ValueType.SCALAR || expr.type() == ValueType.VECTOR;
  }

  private void checkCall(Expr.Call call) {
    PromFunction function = call.function();
    int count = call.args().size();
    if (count < function.minArgs()) {
      throw wrongCount(call, function.variadic() == 0 ? "" : "at least ", function.minArgs());
    }
    if (count > function.maxArgs()) {
      throw wrongCount(call, function.variadic() == 0 ? "" : "at most ", function.maxArgs());
    }
    String context = "call to function " + Quoting.quote(function.text());
    List<ValueType> types = function.argTypes();
    for (int i = 0; i < count; i++) {
      Expr arg = call.args().get(i);
      if (function == PromFunction.INFO && i == 1) {
        checkInfoSelector(call, arg, context);
      } else {
        expectType(arg, types.get(Math.min(i, types.size() - 1)), context);
      }
    }
  }

  private ParseException wrongCount(Expr.Call call, String bound, int expected) {
    return error(
        call,
        "expected "
            + bound
            + expected
            + " argument(s) in call to "
            + Quoting.quote(call.function().text())
            + ", got "
            + call.args().size());
  }

  /** The second argument of {@code info}: matchers only, which may match everything. */
  private void checkInfoSelector(Expr.Call call, Expr arg, String context) {
    if (arg.type() != ValueType.VECTOR) {
      throw error(
          call,
          "expected type "
              + ValueType.VECTOR.documentedType()
              + " in "
              + context
              + ", got "
              + arg.type().documentedType());
    }
    if (!(arg instanceof Expr.VectorSelector selector)) {
      throw error(arg, "expected label selectors only");
    }
    if (!selector.name().isEmpty()) {
      throw error(arg, "expected label selectors only, got vector selector instead");
    }
  }

  private void checkSelector(Expr.VectorSelector selector) {
    List<LabelMatcher> matchers = selector.matchers();
    if (!selector.name().isEmpty()) {
      for (LabelMatcher matcher : matchers.subList(0, matchers.size() - 1)) {
        if (matcher.matchesMetricName()) {
          throw error(
              selector,
              "metric name must not be set twice: "
                  + Quoting.quote(selector.name())
                  + " or "
                  + Quoting.quote(matcher.value()));
        }
      }
      return;
    }
    for (LabelMatcher matcher : matchers) {
      if (!LabelPredicate.of(matcher).matches("")) {
        return;
      }
    }
    throw error(selector, "vector selector must contain at least one non-empty matcher");
  }

  private ParseException error(Expr expr, String message) {
    return new ParseException(text, expr.position(), message);
  }

  /** At what stands between the operands. */
  private ParseException errorAtOperator(Expr.BinaryExpr binary, String message) {
    int start = binary.lhs().position().end();
    while (Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    int end = binary.rhs().position().start();
    return new ParseException(text, new PositionRange(start, end), message);
  }
}
