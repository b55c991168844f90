package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Aggregator;
import io.varve.query.promql.ast.Expr.AggregateExpr;
import io.varve.query.promql.ast.Expr.StringLiteral;
import io.varve.query.promql.function.Aggregation;
import io.varve.query.promql.function.LimitSelection;
import io.varve.query.promql.function.StepParameters;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.TopSelection;
import io.varve.query.promql.function.ValueCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Evaluates aggregations. Those that give one value per group take series as they come and keep a
 * few numbers per group and step; those that choose among series collect them first.
 */
final class Aggregations {
  private final Evaluator evaluator;
  private final boolean instant;
  private final Annotations annotations;

  Aggregations(Evaluator evaluator, boolean instant, Annotations annotations) {
    this.evaluator = evaluator;
    this.instant = instant;
    this.annotations = annotations;
  }

  void vector(AggregateExpr expr, Steps steps, SeriesSink sink) {
    switch (expr.operator()) {
      case TOPK, BOTTOMK -> top(expr, steps, sink);
      case LIMITK, LIMIT_RATIO -> limit(expr, steps, sink);
      case COUNT_VALUES -> countValues(expr, steps, sink);
      default -> reduce(expr, steps, sink);
    }
  }

  /** The labels of the group that a series belongs to. */
  private static Labels group(AggregateExpr expr, Labels labels) {
    if (expr.without()) {
      return labels.withoutName().without(expr.grouping());
    }
    return expr.grouping().isEmpty() ? Labels.EMPTY : labels.only(expr.grouping());
  }

  private double[] parameter(AggregateExpr expr, Steps steps) {
    return evaluator.scalar(Objects.requireNonNull(expr.param()), steps);
  }

  private void reduce(AggregateExpr expr, Steps steps, SeriesSink sink) {
    double[] parameter = {};
    if (expr.operator() == Aggregator.QUANTILE) {
      parameter = parameter(expr, steps);
      for (double quantile : parameter) {
        if (!(quantile >= 0 && quantile <= 1)) {
          annotations.quantileOutOfRange(quantile, Objects.requireNonNull(expr.param()).position());
        }
      }
    }
    double[] quantiles = parameter;
    // A quantile looks at all values once all are there; the others keep a number or two per step.
    boolean keepsAll = expr.operator() == Aggregator.QUANTILE;
    Map<Labels, Aggregation> groups = new LinkedHashMap<>();
    try (SampleBudget.Hold hold = evaluator.budget().hold()) {
      evaluator.vector(
          expr.expr(),
          steps,
          (labels, values) -> {
            if (keepsAll) {
              hold.takeSeries(steps.count());
            }
            groups
                .computeIfAbsent(
                    group(expr, labels), key -> open(expr.operator(), quantiles, steps, hold))
                .add(values);
          });
      StepValues out = new StepValues();
      groups.forEach(
          (labels, aggregation) -> {
            evaluator.budget().checkCancelled();
            aggregation.finish(out);
            sink.accept(labels, out);
          });
    }
  }

  private static Aggregation open(
      Aggregator operator, double[] quantiles, Steps steps, SampleBudget.Hold hold) {
    Aggregation aggregation = Aggregation.create(operator.text(), quantiles);
    if (aggregation == null) {
      throw new IllegalStateException("no such aggregation: " + operator);
    }
    hold.takeSeries(steps.count());
    aggregation.clear(steps.count());
    return aggregation;
  }

  private static Map<Labels, List<StepSeries>> groups(
      AggregateExpr expr, CollectedSeries collected) {
    Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>();
    for (StepSeries series : collected.series()) {
      groups.computeIfAbsent(group(expr, series.labels()), key -> new ArrayList<>()).add(series);
    }
    return groups;
  }

  private void top(AggregateExpr expr, Steps steps, SeriesSink sink) {
    try (CollectedSeries collected = evaluator.collect(expr.expr(), steps)) {
      Map<Labels, List<StepSeries>> groups = groups(expr, collected);
      if (!groups.isEmpty()) {
        top(expr, groups, counts(parameter(expr, steps)), sink);
      }
    }
  }

  /** How many series are wanted at each step. */
  private static long[] counts(double[] parameter) {
    try {
      return StepParameters.toCounts(parameter, parameter.length);
    } catch (IllegalArgumentException e) {
      throw new PromException(PromException.Kind.EXECUTION, String.valueOf(e.getMessage()));
    }
  }

  private void top(
      AggregateExpr expr, Map<Labels, List<StepSeries>> groups, long[] counts, SeriesSink sink) {
    boolean largest = expr.operator() == Aggregator.TOPK;
    for (List<StepSeries> group : groups.values()) {
      TopSelection selection = new TopSelection(largest, counts);
      for (int i = 0; i < group.size(); i++) {
        evaluator.budget().checkCancelled();
        selection.add(i, group.get(i).values());
      }
      if (instant && counts.length == 1) {
        for (int i : selection.ranking(0)) {
          sink.accept(group.get(i).labels(), group.get(i).values());
        }
        continue;
      }
      int[] selected = selection.selected();
      StepValues[] out = new StepValues[selected.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = new StepValues();
      }
      selection.finish(selected, out);
      for (int i = 0; i < out.length; i++) {
        sink.accept(group.get(selected[i]).labels(), out[i]);
      }
    }
  }

  private void limit(AggregateExpr expr, Steps steps, SeriesSink sink) {
    try (CollectedSeries collected = evaluator.collect(expr.expr(), steps)) {
      Map<Labels, List<StepSeries>> groups = groups(expr, collected);
      if (!groups.isEmpty()) {
        limit(expr, groups, parameter(expr, steps), sink);
      }
    }
  }

  private static void limit(
      AggregateExpr expr,
      Map<Labels, List<StepSeries>> groups,
      double[] parameter,
      SeriesSink sink) {
    boolean byRatio = expr.operator() == Aggregator.LIMIT_RATIO;
    for (List<StepSeries> group : groups.values()) {
      LimitSelection selection = byRatio ? null : new LimitSelection(counts(parameter));
      for (StepSeries series : group) {
        if (selection == null) {
          LimitSelection.keepRatio(series.values(), parameter, spread(series.labels()));
        } else {
          selection.keep(series.values());
        }
        if (!series.values().isEmpty()) {
          sink.accept(series.labels(), series.values());
        }
      }
    }
  }

  /** A hash whose bits are all equally good. Source: the finaliser of SplitMix64. */
  private static long spread(Labels labels) {
    long hash = labels.toString().hashCode() * 0x9e3779b97f4a7c15L + labels.hashCode();
    hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
    return hash ^ hash >>> 31;
  }

  private void countValues(AggregateExpr expr, Steps steps, SeriesSink sink) {
    String label =
        ((StringLiteral) Evaluator.withoutParens(Objects.requireNonNull(expr.param()))).value();
    if (label.isEmpty()) {
      throw new PromException(PromException.Kind.EXECUTION, "invalid label name \"\"");
    }
    Map<Labels, ValueCounts> groups = new LinkedHashMap<>();
    try (SampleBudget.Hold hold = evaluator.budget().hold()) {
      Runnable room = () -> hold.takeSeries(steps.count());
      evaluator.vector(
          expr.expr(),
          steps,
          (labels, values) ->
              groups
                  .computeIfAbsent(group(expr, labels), key -> new ValueCounts(steps.count(), room))
                  .add(values));
      Map<Labels, StepValues> all = new LinkedHashMap<>();
      groups.forEach(
          (labels, counts) ->
              counts.forEach(
                  (value, count) ->
                      all.merge(counted(expr, labels, label, value), count, this::sum)));
      all.forEach(sink::accept);
    }
  }

  /**
   * The labels of a count. The value's label is set before the grouping, which may take it away.
   */
  private static Labels counted(AggregateExpr expr, Labels group, String label, String value) {
    return expr.without() && expr.grouping().contains(label) ? group : group.with(label, value);
  }

  private StepValues sum(StepValues total, StepValues added) {
    evaluator.budget().checkCancelled();
    for (int step = 0; step < added.steps(); step++) {
      if (added.isPresent(step)) {
        total.set(step, added.get(step) + (total.isPresent(step) ? total.get(step) : 0));
      }
    }
    return total;
  }
}
