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
  /** Distinct values that {@code count_values} may find in a group. */
  private static final int MAX_COUNTED_VALUES = 100_000;

  private final Evaluator evaluator;
  private final boolean instant;
  private final Annotations annotations;

  Aggregations(Evaluator evaluator, boolean instant, Annotations annotations) {
    this.evaluator = evaluator;
    this.instant = instant;
    this.annotations = annotations;
  }

  void vector(AggregateExpr expr, Steps steps, SeriesSink sink) {
    try {
      switch (expr.operator()) {
        case TOPK, BOTTOMK -> top(expr, steps, sink);
        case LIMITK, LIMIT_RATIO -> limit(expr, steps, sink);
        case COUNT_VALUES -> countValues(expr, steps, sink);
        default -> reduce(expr, steps, sink);
      }
    } catch (IllegalArgumentException e) {
      throw new PromException(PromException.Kind.EXECUTION, String.valueOf(e.getMessage()));
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
    Map<Labels, Aggregation> groups = new LinkedHashMap<>();
    evaluator.vector(
        expr.expr(),
        steps,
        (labels, values) ->
            groups
                .computeIfAbsent(
                    group(expr, labels), key -> open(expr.operator(), quantiles, steps))
                .add(values));
    StepValues out = new StepValues();
    groups.forEach(
        (labels, aggregation) -> {
          aggregation.finish(out);
          sink.accept(labels, out);
        });
  }

  private Aggregation open(Aggregator operator, double[] quantiles, Steps steps) {
    Aggregation aggregation = Aggregation.create(operator.text(), quantiles);
    if (aggregation == null) {
      throw new IllegalStateException("no such aggregation: " + operator);
    }
    evaluator.budget().take(steps.count());
    aggregation.clear(steps.count());
    return aggregation;
  }

  private Map<Labels, List<StepSeries>> collectGroups(AggregateExpr expr, Steps steps) {
    Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>();
    for (StepSeries series : evaluator.collect(expr.expr(), steps)) {
      groups.computeIfAbsent(group(expr, series.labels()), key -> new ArrayList<>()).add(series);
    }
    return groups;
  }

  private void top(AggregateExpr expr, Steps steps, SeriesSink sink) {
    Map<Labels, List<StepSeries>> groups = collectGroups(expr, steps);
    if (groups.isEmpty()) {
      return;
    }
    long[] counts = StepParameters.toCounts(parameter(expr, steps), steps.count());
    boolean largest = expr.operator() == Aggregator.TOPK;
    for (List<StepSeries> group : groups.values()) {
      TopSelection selection = new TopSelection(largest, counts);
      for (int i = 0; i < group.size(); i++) {
        selection.add(i, group.get(i).values());
      }
      if (instant && steps.count() == 1) {
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
    Map<Labels, List<StepSeries>> groups = collectGroups(expr, steps);
    if (groups.isEmpty()) {
      return;
    }
    double[] parameter = parameter(expr, steps);
    boolean byRatio = expr.operator() == Aggregator.LIMIT_RATIO;
    for (List<StepSeries> group : groups.values()) {
      LimitSelection selection =
          byRatio ? null : new LimitSelection(StepParameters.toCounts(parameter, steps.count()));
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
    evaluator.vector(
        expr.expr(),
        steps,
        (labels, values) ->
            groups
                .computeIfAbsent(
                    group(expr, labels), key -> new ValueCounts(steps.count(), MAX_COUNTED_VALUES))
                .add(values));
    SeriesMerger merger = new SeriesMerger(evaluator.budget());
    groups.forEach(
        (labels, counts) ->
            counts.forEach((value, count) -> merger.accept(labels.with(label, value), count)));
    merger.drainTo(sink);
  }
}
