package io.varve.query.promql;

import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.TimeSpan;
import io.varve.query.promql.ast.ValueType;
import io.varve.query.promql.ast.VectorMatching;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An expression as plain data, in the shape that {@code /api/v1/parse_query} gives: maps in the
 * order in which they are to be written, lists, strings, longs, integers, doubles, booleans and
 * null. Lengths and times are milliseconds; a length that is still to be computed is 0.
 */
public final class SyntaxTree {
  private SyntaxTree() {}

  public static Map<String, @Nullable Object> of(Expr expr) {
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    if (expr instanceof Expr.NumberLiteral number) {
      node.put("type", "numberLiteral");
      node.put("val", Numbers.format(number.value()));
    } else if (expr instanceof Expr.StringLiteral string) {
      node.put("type", "stringLiteral");
      node.put("val", string.value());
    } else if (expr instanceof Expr.VectorSelector selector) {
      node.put("type", "vectorSelector");
      putSelector(node, selector);
    } else if (expr instanceof Expr.MatrixSelector matrix) {
      node.put("type", "matrixSelector");
      node.put("range", millis(matrix.range()));
      putSelector(node, matrix.vectorSelector());
    } else if (expr instanceof Expr.SubqueryExpr subquery) {
      node.put("type", "subquery");
      node.put("expr", of(subquery.expr()));
      node.put("range", millis(subquery.range()));
      node.put("step", millis(subquery.step()));
      putModifiers(node, subquery.offset(), subquery.at());
    } else if (expr instanceof Expr.UnaryExpr unary) {
      node.put("type", "unaryExpr");
      node.put("op", Printer.sign(unary));
      node.put("expr", of(unary.expr()));
    } else if (expr instanceof Expr.BinaryExpr binary) {
      node.put("type", "binaryExpr");
      node.put("op", binary.operator().text());
      node.put("lhs", of(binary.lhs()));
      node.put("rhs", of(binary.rhs()));
      node.put("matching", matching(binary.matching()));
      node.put("bool", binary.returnBool());
    } else if (expr instanceof Expr.AggregateExpr aggregate) {
      Expr param = aggregate.param();
      node.put("type", "aggregation");
      node.put("op", aggregate.operator().text());
      node.put("expr", of(aggregate.expr()));
      node.put("param", param == null ? null : of(param));
      node.put("grouping", aggregate.grouping());
      node.put("without", aggregate.without());
    } else if (expr instanceof Expr.Call call) {
      node.put("type", "call");
      node.put("func", function(call.function()));
      node.put("args", call.args().stream().map(SyntaxTree::of).toList());
    } else if (expr instanceof Expr.ParenExpr paren) {
      node.put("type", "parenExpr");
      node.put("expr", of(paren.expr()));
    }
    return node;
  }

  private static void putSelector(
      Map<String, @Nullable Object> node, Expr.VectorSelector selector) {
    node.put("name", selector.name());
    node.put("matchers", selector.matchers().stream().map(SyntaxTree::matcher).toList());
    putModifiers(node, selector.offset(), selector.at());
    node.put("anchored", selector.extension() == RangeExtension.ANCHORED);
    node.put("smoothed", selector.extension() == RangeExtension.SMOOTHED);
  }

  private static void putModifiers(
      Map<String, @Nullable Object> node, TimeSpan offset, @Nullable AtModifier at) {
    node.put("offset", millis(offset));
    node.put("timestamp", at instanceof AtModifier.Timestamp timestamp ? timestamp.millis() : null);
    node.put(
        "startOrEnd",
        at instanceof AtModifier.Preprocessor preprocessor
            ? preprocessor.name().toLowerCase(Locale.ROOT)
            : null);
  }

  private static long millis(TimeSpan span) {
    return span.millis();
  }

  private static Map<String, @Nullable Object> matcher(LabelMatcher matcher) {
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    node.put("name", matcher.name());
    node.put("value", matcher.value());
    node.put("type", matcher.type().text());
    return node;
  }

  private static @Nullable Map<String, @Nullable Object> matching(
      @Nullable VectorMatching matching) {
    if (matching == null) {
      return null;
    }
    Map<String, @Nullable Object> fill = new LinkedHashMap<>();
    fill.put("lhs", matching.fillLeft());
    fill.put("rhs", matching.fillRight());
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    node.put("card", matching.card().text());
    node.put("labels", matching.matchingLabels());
    node.put("on", matching.on());
    node.put("include", matching.include());
    node.put("fillValues", fill);
    return node;
  }

  private static Map<String, @Nullable Object> function(PromFunction function) {
    List<String> argTypes = function.argTypes().stream().map(ValueType::resultType).toList();
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    node.put("name", function.text());
    node.put("argTypes", argTypes);
    node.put("variadic", function.variadic());
    node.put("returnType", function.returnType().resultType());
    return node;
  }
}
