package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.VectorMatching;
import io.varve.query.promql.function.StepValues;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
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
        or(evaluator, steps, hold, sink);
        return;
      }
      Map<Labels, StepValues> there = new HashMap<>();
      try (CollectedSeries right = evaluator.collect(expr.rhs(), steps)) {
        addPresence(right.series(), there, hold);
      }
      boolean wanted = expr.operator() == BinaryOperator.AND;
      evaluator.vector(
          expr.lhs(), steps, (labels, values) -> filter(labels, values, there, wanted, sink));
    }
  }

  /** All alternatives of a chain in turn: each gives what none before has. */
  private void or(Evaluator evaluator, Steps steps, SampleBudget.Hold hold, SeriesSink sink) {
    Map<Labels, StepValues> before = new HashMap<>();
    SeriesMerger merger = new SeriesMerger(budget);
    List<Expr> alternatives = alternatives();
    for (int i = 0; i < alternatives.size(); i++) {
      try (CollectedSeries series = evaluator.collect(alternatives.get(i), steps)) {
        for (StepSeries each : series.series()) {
          filter(each.labels(), each.values(), before, false, merger);
        }
        if (i < alternatives.size() - 1) {
          addPresence(series.series(), before, hold);
        }
      }
    }
    merger.drainTo(sink);
  }

  /** What a chain of {@code or} that all match alike is made of, from left to right. */
  private List<Expr> alternatives() {
    LinkedList<Expr> found = new LinkedList<>();
    Expr left = expr;
    while (left instanceof BinaryExpr binary
        && binary.operator() == BinaryOperator.OR
        && matching.equals(binary.matching())) {
      found.addFirst(binary.rhs());
      left = Evaluator.withoutParens(binary.lhs());
    }
    found.addFirst(left);
    return found;
  }

  /** Adds where the elements of each signature are. */
  private void addPresence(
      List<StepSeries> vector, Map<Labels, StepValues> bySignature, SampleBudget.Hold hold) {
    for (StepSeries series : vector) {
      StepValues values = series.values();
      bySignature
          .computeIfAbsent(
              VectorMatcher.signature(matching, series.labels()),
              labels -> {
                hold.takeSeries(values.steps());
                return new StepValues(values.steps());
              })
          .addPresence(values);
    }
  }

  /** Keeps the values at steps where the other side has the signature, or where it has not. */
  private void filter(
      Labels labels,
      StepValues values,
      Map<Labels, StepValues> other,
      boolean wanted,
      SeriesSink sink) {
    StepValues there = other.get(VectorMatcher.signature(matching, labels));
    if (there == null) {
      if (!wanted) {
        sink.accept(labels, values);
      }
      return;
    }
    values.keepPresence(there, wanted);
    if (!values.isEmpty()) {
      sink.accept(labels, values);
    }
  }
}
