package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.LabelMatcher;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The labels that a missing series would have had, as far as its selector tells. */
final class AbsentLabels {
  private AbsentLabels() {}

  /** The values of labels that one matcher alone is about, and that by equality. */
  static Labels of(Expr expr) {
    if (!(Evaluator.withoutParens(expr) instanceof VectorSelector selector)) {
      return Labels.EMPTY;
    }
    Map<String, String> labels = new HashMap<>();
    Set<String> seen = new HashSet<>();
    for (LabelMatcher matcher : selector.matchers()) {
      if (matcher.matchesMetricName()) {
        continue;
      }
      if (matcher.type() == LabelMatcher.Type.EQUAL && seen.add(matcher.name())) {
        labels.put(matcher.name(), matcher.value());
      } else {
        seen.add(matcher.name());
        labels.remove(matcher.name());
      }
    }
    return Labels.of(labels);
  }
}
