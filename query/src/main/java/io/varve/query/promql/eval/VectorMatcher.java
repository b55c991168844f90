package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.VectorMatching;
import io.varve.query.promql.ast.VectorMatching.Cardinality;
import io.varve.query.promql.function.MixedOperator;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Combines two vectors by an arithmetic operator or a comparison. Who meets whom is settled once
 * for all steps; rules about how many may meet are checked at each step, as the rule is about
 * samples and not about series. What stands in for missing elements is one more series per group,
 * with values where no other of its side has one.
 */
final class VectorMatcher {
  private static final List<String> NAME = List.of(Labels.NAME);

  private static final String ONE_SIDE_NOT_UNIQUE =
      "many-to-many matching not allowed: matching labels must be unique on one side";

  /** The series of both sides that agree in the labels that count. */
  private static final class Match {
    final List<StepSeries> many = new ArrayList<>();
    final List<StepSeries> one = new ArrayList<>();
  }

  private final BinaryExpr expr;
  private final VectorMatching matching;
  private final Steps steps;
  private final SampleBudget budget;
  private final Annotations annotations;

  /** Whether the left side is the one of which an element may meet several. */
  private final boolean swapped;

  private final @Nullable Double fillMany;
  private final @Nullable Double fillOne;
  private final MixedOperator operator;

  VectorMatcher(BinaryExpr expr, Steps steps, SampleBudget budget, Annotations annotations) {
    this.expr = expr;
    this.matching = Objects.requireNonNull(expr.matching());
    this.steps = steps;
    this.budget = budget;
    this.annotations = annotations;
    this.swapped = matching.card() == Cardinality.ONE_TO_MANY;
    this.fillMany = swapped ? matching.fillRight() : matching.fillLeft();
    this.fillOne = swapped ? matching.fillLeft() : matching.fillRight();
    this.operator = new MixedOperator(expr.operator().text(), expr.returnBool());
  }

  /** Hands the results to {@code sink}, each set of labels once. */
  void combine(List<StepSeries> left, List<StepSeries> right, SeriesSink sink) {
    List<StepSeries> many = swapped ? right : left;
    List<StepSeries> one = swapped ? left : right;
    if ((many.isEmpty() && fillMany == null) || (one.isEmpty() && fillOne == null)) {
      return;
    }
    Map<Labels, Match> matches = new LinkedHashMap<>();
    for (StepSeries series : many) {
      match(matches, series).many.add(series);
    }
    for (StepSeries series : one) {
      match(matches, series).one.add(series);
    }
    StepValues manyPresent = union(many);
    if (fillMany != null) {
      manyPresent.markAllPresent();
    }
    for (Map.Entry<Labels, Match> entry : matches.entrySet()) {
      checkUnique(entry.getKey(), entry.getValue().one, manyPresent);
    }
    SeriesMerger merger = new SeriesMerger(budget);
    StepValues result = new StepValues();
    for (Map.Entry<Labels, Match> entry : matches.entrySet()) {
      try (SampleBudget.Hold hold = budget.hold()) {
        Match match = entry.getValue();
        fill(match, entry.getKey(), hold);
        combine(match, merger, result, hold);
      }
    }
    annotations.remark(operator, expr.position());
    merger.drainTo(sink);
  }

  /** Adds what stands in for missing elements of a group. */
  private void fill(Match match, Labels signature, SampleBudget.Hold hold) {
    StepSeries many = fillMany == null ? null : missing(match.many, fillMany, signature, hold);
    StepSeries one = fillOne == null ? null : missing(match.one, fillOne, signature, hold);
    if (many != null) {
      match.many.add(many);
    }
    if (one != null) {
      match.one.add(one);
    }
    if (many != null && one != null) {
      // Two that stand in for somebody do not meet.
      for (int step = 0; step < steps.count(); step++) {
        if (many.values().isPresent(step) && one.values().isPresent(step)) {
          many.values().remove(step);
          one.values().remove(step);
        }
      }
    }
  }

  private StepSeries missing(
      List<StepSeries> present, double value, Labels signature, SampleBudget.Hold hold) {
    hold.takeSeries(steps.count());
    StepValues union = union(present);
    StepValues values = new StepValues(steps.count());
    for (int step = 0; step < steps.count(); step++) {
      if (!union.isPresent(step)) {
        values.set(step, value);
      }
    }
    return new StepSeries(signature, values);
  }

  private Match match(Map<Labels, Match> matches, StepSeries series) {
    return matches.computeIfAbsent(signature(matching, series.labels()), labels -> new Match());
  }

  /** The labels that two elements must share to meet. */
  static Labels signature(VectorMatching matching, Labels labels) {
    if (matching.on()) {
      return labels.only(matching.matchingLabels());
    }
    return labels.without(NAME).without(matching.matchingLabels());
  }

  private void combine(
      Match match, SeriesMerger merger, StepValues result, SampleBudget.Hold hold) {
    if (match.many.isEmpty() || match.one.isEmpty()) {
      return;
    }
    if (matching.card() == Cardinality.ONE_TO_ONE) {
      checkManySideIsOne(match);
    }
    Map<Labels, StepValues> grouped = new HashMap<>();
    for (StepSeries many : match.many) {
      for (StepSeries one : match.one) {
        budget.checkCancelled();
        StepSeries lhs = swapped ? one : many;
        StepSeries rhs = swapped ? many : one;
        operator.apply(lhs.values(), rhs.values(), result);
        Labels labels = resultLabels(many.labels(), one.labels());
        if (matching.card() != Cardinality.ONE_TO_ONE) {
          StepValues seen =
              grouped.computeIfAbsent(
                  labels,
                  key -> {
                    hold.takeSeries(steps.count());
                    return new StepValues(steps.count());
                  });
          checkGrouping(seen, many.values(), one.values());
        }
        if (!result.isEmpty()) {
          merger.accept(labels, result);
        }
      }
    }
  }

  private void checkUnique(Labels signature, List<StepSeries> one, StepValues manyPresent) {
    if (one.size() < 2) {
      return;
    }
    StepValues seen = new StepValues(steps.count());
    for (int i = 0; i < one.size(); i++) {
      budget.checkCancelled();
      StepValues values = one.get(i).values();
      for (int step = 0; step < steps.count(); step++) {
        if (!values.isPresent(step) || !manyPresent.isPresent(step)) {
          continue;
        }
        if (seen.isPresent(step)) {
          StepSeries other = firstPresent(one, step);
          throw execution(
              "found duplicate series for the match group "
                  + signature
                  + " on the "
                  + (swapped ? "left" : "right")
                  + " hand-side of the operation: ["
                  + one.get(i).labels()
                  + ", "
                  + other.labels()
                  + "];"
                  + ONE_SIDE_NOT_UNIQUE);
        }
        seen.set(step, 0);
      }
    }
  }

  private static StepSeries firstPresent(List<StepSeries> series, int step) {
    for (StepSeries candidate : series) {
      if (candidate.values().isPresent(step)) {
        return candidate;
      }
    }
    throw new IllegalStateException("no series has a value at step " + step);
  }

  private void checkManySideIsOne(Match match) {
    if (match.many.size() < 2) {
      return;
    }
    StepValues onePresent = union(match.one);
    StepValues seen = new StepValues(steps.count());
    for (StepSeries series : match.many) {
      budget.checkCancelled();
      for (int step = 0; step < steps.count(); step++) {
        if (series.values().isPresent(step) && onePresent.isPresent(step)) {
          if (seen.isPresent(step)) {
            throw execution(
                "multiple matches for labels: many-to-one matching must be explicit"
                    + " (group_left/group_right)");
          }
          seen.set(step, 0);
        }
      }
    }
  }

  private void checkGrouping(StepValues seen, StepValues many, StepValues one) {
    for (int step = 0; step < steps.count(); step++) {
      if (many.isPresent(step) && one.isPresent(step)) {
        if (seen.isPresent(step)) {
          throw execution(
              "multiple matches for labels: grouping labels must ensure unique matches");
        }
        seen.set(step, 0);
      }
    }
  }

  /** The labels of a result. */
  private Labels resultLabels(Labels many, Labels one) {
    Labels labels = many;
    boolean filters = expr.operator().isComparison() && !expr.returnBool();
    if (!filters && !expr.operator().isTrim()) {
      labels = labels.withoutName();
    }
    if (matching.card() == Cardinality.ONE_TO_ONE) {
      labels =
          matching.on()
              ? labels.only(matching.matchingLabels())
              : labels.without(matching.matchingLabels());
    }
    for (String name : matching.include()) {
      labels = labels.with(name, one.get(name));
    }
    return labels;
  }

  private StepValues union(List<StepSeries> series) {
    StepValues all = new StepValues(steps.count());
    for (StepSeries each : series) {
      budget.checkCancelled();
      for (int step = 0; step < steps.count(); step++) {
        if (each.values().isPresent(step)) {
          all.set(step, 0);
        }
      }
    }
    return all;
  }

  private static PromException execution(String message) {
    return new PromException(PromException.Kind.EXECUTION, message);
  }
}
