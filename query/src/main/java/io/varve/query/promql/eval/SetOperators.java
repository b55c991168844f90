package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.VectorMatching;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
      Map<Labels, StepValues> there = new HashMap<>();
      evaluator.vector(
          expr.rhs(), steps, (labels, values) -> add(signature(labels), values, there, hold));
      boolean wanted = expr.operator() == BinaryOperator.AND;
      evaluator.vector(
          expr.lhs(),
          steps,
          (labels, values) -> filter(there.get(signature(labels)), labels, values, wanted, sink));
    }
  }

  /** Where the elements of a signature are that alternatives of a chain have. */
  private static final class Found {
    /** In the alternatives before the current one; null if in none. */
    private @Nullable StepValues before;

    /** In the current one. */
    private @Nullable StepValues now;

    private int current;

    /** Comes to an alternative. */
    void moveTo(int alternative) {
      if (alternative != current && now != null) {
        if (before == null) {
          before = now;
        } else {
          before.addPresence(now);
        }
        now = null;
      }
      current = alternative;
    }

    void add(StepValues values, SampleBudget.Hold hold) {
      StepValues all = now;
      if (all == null) {
        hold.takeSeries(values.steps());
        all = new StepValues(values.steps());
        now = all;
      }
      all.addPresence(values);
    }
  }

  /**
   * All alternatives of a chain in turn: each gives what none before has. With one look per element
   * at what there is, as a chain may have some for many series.
   */
  private void or(Evaluator evaluator, Steps steps, SampleBudget.Hold hold, SeriesSink merger) {
    Map<Labels, Found> bySignature = new HashMap<>();
    List<Expr> alternatives = alternatives();
    int last = alternatives.size() - 1;
    for (int i = 0; i <= last; i++) {
      int alternative = i;
      evaluator.vector(
          alternatives.get(i),
          steps,
          (labels, values) -> {
            Labels signature = signature(labels);
            Found found =
                alternative == last
                    ? bySignature.get(signature)
                    : bySignature.computeIfAbsent(signature, any -> new Found());
            StepValues before = null;
            if (found != null) {
              found.moveTo(alternative);
              before = found.before;
              if (alternative != last) {
                found.add(values, hold);
              }
            }
            filter(before, labels, values, false, merger);
          });
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

  /** Adds where an element is to what is known of its signature. */
  private static void add(
      Labels signature,
      StepValues values,
      Map<Labels, StepValues> bySignature,
      SampleBudget.Hold hold) {
    StepValues known = bySignature.get(signature);
    if (known == null) {
      hold.takeSeries(values.steps());
      known = new StepValues(values.steps());
      bySignature.put(signature, known);
    }
    known.addPresence(values);
  }

  /** Keeps the values at steps where the other side has the signature, or where it has not. */
  private static void filter(
      @Nullable StepValues there,
      Labels labels,
      StepValues values,
      boolean wanted,
      SeriesSink sink) {
    if (there != null) {
      values.keepPresence(there, wanted);
      if (!values.isEmpty()) {
        sink.accept(labels, values);
      }
    } else if (!wanted) {
      sink.accept(labels, values);
    }
  }
}
