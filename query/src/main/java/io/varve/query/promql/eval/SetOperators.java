package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.VectorMatching;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/** {@code and}, {@code or} and {@code unless}: which elements there are is decided at each step. */
final class SetOperators {
  private final BinaryExpr expr;
  private final VectorMatching matching;
  private final SampleBudget budget;

  SetOperators(BinaryExpr expr, SampleBudget budget) {
    this.expr = expr;
    this.matching = Objects.requireNonNull(expr.matching());
    this.budget = budget;
  }

  /** Combines what two expressions give at the steps. */
  void combine(Evaluator evaluator, Steps steps, SeriesSink sink) {
    try (SampleBudget.Hold hold = budget.hold()) {
      if (expr.operator() == BinaryOperator.OR) {
        SeriesMerger.merge(budget, sink, merger -> or(evaluator, steps, hold, merger));
        return;
      }
      PresenceTable there = new PresenceTable(steps, hold);
      evaluator.vector(expr.rhs(), steps, (labels, values) -> there.add(signature(labels), values));
      boolean wanted = expr.operator() == BinaryOperator.AND;
      evaluator.vector(
          expr.lhs(),
          steps,
          (labels, values) -> there.filter(there.find(signature(labels)), values, wanted),
          sink);
    }
  }

  /**
   * All alternatives of a chain in turn: each gives what none before has. With one look per element
   * at what there is, as a chain may have some for many series.
   */
  private void or(Evaluator evaluator, Steps steps, SampleBudget.Hold hold, SeriesSink merger) {
    PresenceTable found = new PresenceTable(steps, hold);
    List<Expr> alternatives = alternatives();
    int last = alternatives.size() - 1;
    for (int i = 0; i <= last; i++) {
      boolean isLast = i == last;
      evaluator.vector(
          alternatives.get(i),
          steps,
          (labels, values) -> {
            Labels signature = signature(labels);
            int row = isLast ? found.find(signature) : found.addLater(signature, values);
            found.filter(row, values, false);
            if (!values.isEmpty()) {
              merger.accept(labels, values);
            }
          });
      found.settle();
    }
  }

  private Labels signature(Labels labels) {
    return VectorMatcher.signature(matching, labels);
  }

  /** What a chain of {@code or} that all match alike is made of, from left to right. */
  private List<Expr> alternatives() {
    Deque<Expr> found = new ArrayDeque<>();
    Expr left = expr;
    while (left instanceof BinaryExpr binary
        && binary.operator() == BinaryOperator.OR
        && matching.equals(binary.matching())) {
      found.addFirst(binary.rhs());
      left = Evaluator.withoutParens(binary.lhs());
    }
    found.addFirst(left);
    return List.copyOf(found);
  }
}
