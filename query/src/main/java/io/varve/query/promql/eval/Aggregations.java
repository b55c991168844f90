package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Aggregator;
import io.varve.query.promql.ast.Expr.AggregateExpr;
import io.varve.query.promql.ast.Expr.StringLiteral;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.function.LimitSelection;
import io.varve.query.promql.function.MixedAggregation;
import io.varve.query.promql.function.StepParameters;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.TopSelection;
import io.varve.query.promql.function.ValueCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates aggregations. Those that give one value per group take series as they come and keep a
 * few numbers per group and step; those that choose among series collect them first.
 */
final class Aggregations {
  /** Steps of groups whose numbers stand together. */
  private static final int PLACES_PER_PAGE = 256;

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
      warnOfQuantiles(parameter, Objects.requireNonNull(expr.param()).position());
    }
    double[] quantiles = parameter;
    // A quantile looks at all values once all are there; the others keep a number or two per step.
    boolean keepsAll = expr.operator() == Aggregator.QUANTILE;
    LabelsIndex groups = new LabelsIndex();
    List<MixedAggregation> pages = new ArrayList<>();
    int groupsPerPage = Math.max(1, PLACES_PER_PAGE / steps.count());
    try (SampleBudget.Hold hold = evaluator.budget().hold()) {
      evaluator.vector(
          expr.expr(),
          steps,
          (labels, values) -> {
            if (keepsAll) {
              hold.takeSeries(steps.count());
            }
            int known = groups.count();
            int group = groups.add(group(expr, labels));
            if (group == known) {
              hold.takeSeries(steps.count());
              if (group % groupsPerPage == 0) {
                pages.add(create(expr.operator(), quantiles, steps.count(), groupsPerPage));
              }
            }
            MixedAggregation page = pages.get(group / groupsPerPage);
            long before = page.histogramBytes();
            page.add(group % groupsPerPage, values);
            hold.takeHistogramBytes(page.histogramBytes() - before);
          });
      StepValues out = new StepValues();
      for (int group = 0; group < groups.count(); group++) {
        MixedAggregation page = pages.get(group / groupsPerPage);
        evaluator.budget().checkCancelled();
        page.finish(group % groupsPerPage, out);
        remark(expr, page);
        if (!out.isEmpty()) {
          sink.accept(groups.get(group), out);
        }
      }
    }
  }

  /** Says that there is no number, the largest and the smallest, if they are no quantiles. */
  private void warnOfQuantiles(double[] quantiles, PositionRange position) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    boolean anyNan = false;
    for (double quantile : quantiles) {
      anyNan |= Double.isNaN(quantile);
      min = Math.min(min, Double.isNaN(quantile) ? min : quantile);
      max = Math.max(max, Double.isNaN(quantile) ? max : quantile);
    }
    if (anyNan) {
      annotations.quantileOutOfRange(Double.NaN, position);
    }
    if (max > 1) {
      annotations.quantileOutOfRange(max, position);
    }
    if (min < 0) {
      annotations.quantileOutOfRange(min, position);
    }
  }

  private void remark(AggregateExpr expr, MixedAggregation aggregation) {
    annotations.remark(aggregation.remarks(), Labels.EMPTY, expr.expr().position());
    if (aggregation.hasIgnored()) {
      ignoredHistogram(expr);
    }
  }

  private void ignoredHistogram(AggregateExpr expr) {
    annotations.info(
        "ignored histogram in " + expr.operator().text() + " aggregation", expr.expr().position());
  }

  private static MixedAggregation create(
      Aggregator operator, double[] quantiles, int steps, int groups) {
    MixedAggregation aggregation =
        MixedAggregation.create(operator.text(), quantiles, steps, groups);
    if (aggregation == null) {
      throw new IllegalStateException("no such aggregation: " + operator);
    }
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
      top(expr, groups(expr, collected), counts(parameter(expr, steps)), sink);
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
        if (group.get(i).values().removeHistograms()) {
          ignoredHistogram(expr);
        }
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
    double[] parameter = parameter(expr, steps);
    boolean byRatio = expr.operator() == Aggregator.LIMIT_RATIO;
    if (byRatio) {
      checkRatios(parameter, Objects.requireNonNull(expr.param()).position());
    }
    long[] counts = byRatio ? new long[0] : counts(parameter);
    try (CollectedSeries collected = evaluator.collect(expr.expr(), steps)) {
      limit(groups(expr, collected), parameter, byRatio ? null : counts, sink);
    }
  }

  private void checkRatios(double[] ratios, PositionRange position) {
    double min = 0;
    double max = 0;
    for (double ratio : ratios) {
      if (Double.isNaN(ratio)) {
        throw new PromException(PromException.Kind.EXECUTION, "Ratio value is NaN");
      }
      min = Math.min(min, ratio);
      max = Math.max(max, ratio);
    }
    if (max > 1) {
      annotations.ratioOutOfRange(max, 1, position);
    }
    if (min < -1) {
      annotations.ratioOutOfRange(min, -1, position);
    }
  }

  /**
   * Limits each group.
   *
   * @param counts null if it is ratios of series that are wanted
   */
  private static void limit(
      Map<Labels, List<StepSeries>> groups,
      double[] parameter,
      long @Nullable [] counts,
      SeriesSink sink) {
    for (List<StepSeries> group : groups.values()) {
      LimitSelection selection = counts == null ? null : new LimitSelection(counts);
      for (StepSeries series : group) {
        if (selection == null) {
          LimitSelection.keepRatio(series.values(), parameter, LabelsHash.of(series.labels()));
        } else {
          selection.keep(series.values());
        }
        if (!series.values().isEmpty()) {
          sink.accept(series.labels(), series.values());
        }
      }
    }
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
