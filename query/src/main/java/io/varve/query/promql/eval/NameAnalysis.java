package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.AggregateExpr;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.MatrixSelector;
import io.varve.query.promql.ast.Expr.ParenExpr;
import io.varve.query.promql.ast.Expr.SubqueryExpr;
import io.varve.query.promql.ast.Expr.UnaryExpr;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.LabelMatcher;

/** Tells whether the series of an expression may differ in their metric's name alone. */
final class NameAnalysis {
  private NameAnalysis() {}

  /** If this is false, all series have the same name or none, so that it can go without harm. */
  static boolean namesVary(Expr expr) {
    if (expr instanceof VectorSelector selector) {
      return selector.matchers().stream()
          .noneMatch(m -> m.matchesMetricName() && m.type() == LabelMatcher.Type.EQUAL);
    }
    if (expr instanceof MatrixSelector matrix) {
      return namesVary(matrix.vectorSelector());
    }
    if (expr instanceof SubqueryExpr subquery) {
      return namesVary(subquery.expr());
    }
    if (expr instanceof ParenExpr paren) {
      return namesVary(paren.expr());
    }
    if (expr instanceof UnaryExpr unary) {
      return namesVary(unary.expr());
    }
    if (expr instanceof BinaryExpr binary) {
      return binary.operator().isSet()
          || binary.operator().isTrim()
          || (binary.operator().isComparison() && !binary.returnBool());
    }
    if (expr instanceof AggregateExpr aggregation) {
      return switch (aggregation.operator()) {
        case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO -> namesVary(aggregation.expr());
        default -> aggregation.grouping().contains(Labels.NAME);
      };
    }
    if (expr instanceof Call call) {
      return switch (call.function()) {
        case LABEL_REPLACE, LABEL_JOIN, INFO -> true;
        case FIRST_OVER_TIME, LAST_OVER_TIME, SORT, SORT_DESC, SORT_BY_LABEL, SORT_BY_LABEL_DESC ->
            namesVary(call.args().get(0));
        default -> false;
      };
    }
    return false;
  }
}
