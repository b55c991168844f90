package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.VectorMatching;
import io.varve.query.promql.function.StepValues;
import java.util.HashMap;
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

  void combine(List<StepSeries> left, List<StepSeries> right, SeriesSink sink) {
    try (SampleBudget.Hold hold = budget.hold()) {
      combine(left, right, hold, sink);
    }
  }

  private void combine(
      List<StepSeries> left, List<StepSeries> right, SampleBudget.Hold hold, SeriesSink sink) {
    switch (expr.operator()) {
      case AND -> filter(left, presence(right, hold), true, sink);
      case UNLESS -> filter(left, presence(right, hold), false, sink);
      case OR -> {
        SeriesMerger merger = new SeriesMerger(budget);
        Map<Labels, StepValues> onLeft = presence(left, hold);
        for (StepSeries series : left) {
          merger.accept(series.labels(), series.values());
        }
        filter(right, onLeft, false, merger);
        merger.drainTo(sink);
      }
      default -> throw new IllegalArgumentException(expr.operator() + " is no set operator");
    }
  }

  /** Where the elements of each signature are. */
  private Map<Labels, StepValues> presence(List<StepSeries> vector, SampleBudget.Hold hold) {
    Map<Labels, StepValues> bySignature = new HashMap<>();
    for (StepSeries series : vector) {
      StepValues values = series.values();
      StepValues all =
          bySignature.computeIfAbsent(
              VectorMatcher.signature(matching, series.labels()),
              labels -> {
                hold.takeSeries(values.steps());
                return new StepValues(values.steps());
              });
      for (int step = 0; step < values.steps(); step++) {
        if (values.isPresent(step)) {
          all.set(step, 0);
        }
      }
    }
    return bySignature;
  }

  /** Keeps the values at steps where the other side has the signature, or where it has not. */
  private void filter(
      List<StepSeries> vector, Map<Labels, StepValues> other, boolean wanted, SeriesSink sink) {
    for (StepSeries series : vector) {
      StepValues there = other.get(VectorMatcher.signature(matching, series.labels()));
      StepValues values = series.values();
      for (int step = 0; step < values.steps(); step++) {
        boolean found = there != null && there.isPresent(step);
        if (found != wanted) {
          values.remove(step);
        }
      }
      if (!values.isEmpty()) {
        sink.accept(series.labels(), values);
      }
    }
  }
}
