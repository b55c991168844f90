package io.varve.query.promql.eval;

import io.varve.query.promql.LabelPredicate;
import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.TimeSpan;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code info(v, {...})}: adds labels of info series to the series of a vector, which find each
 * other by {@code instance} and {@code job}.
 *
 * <p>The second argument says by {@code __name__} what info metrics to look at, {@code target_info}
 * otherwise, and by other matchers which of their labels to add, all otherwise. Of several info
 * series of a metric the one with the newest sample counts at each step. Series that are info
 * series themselves pass unchanged.
 */
final class InfoFunction {
  private static final List<String> IDENTIFYING = List.of("instance", "job");
  private static final int NONE = -1;

  private final Evaluator evaluator;

  InfoFunction(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** What the second argument asks for. */
  private static final class Wanted {
    final List<LabelMatcher> names = new ArrayList<>();
    final List<LabelMatcher> data = new ArrayList<>();
    final Set<String> labels = new HashSet<>();
    final List<LabelPredicate> namePredicates;

    /** Whether a series may stay as it is if there is no info about it. */
    final boolean optional;

    Wanted(List<LabelMatcher> matchers) {
      for (LabelMatcher matcher : matchers) {
        if (matcher.matchesMetricName()) {
          names.add(matcher);
        } else {
          data.add(matcher);
          labels.add(matcher.name());
        }
      }
      if (names.isEmpty()) {
        names.add(new LabelMatcher(LabelMatcher.Type.EQUAL, Labels.NAME, "target_info"));
      } else if (names.stream()
          .allMatch(
              name ->
                  name.type() == LabelMatcher.Type.NOT_EQUAL
                      || name.type() == LabelMatcher.Type.NOT_REGEX)) {
        names.add(new LabelMatcher(LabelMatcher.Type.REGEX, Labels.NAME, ".+_info"));
      }
      namePredicates = names.stream().map(LabelPredicate::of).toList();
      optional = data.stream().map(LabelPredicate::of).allMatch(matcher -> matcher.matches(""));
    }

    boolean isInfo(Labels labels) {
      String name = labels.get(Labels.NAME);
      return namePredicates.stream().allMatch(predicate -> predicate.matches(name));
    }

    boolean adds(String label) {
      return !label.equals(Labels.NAME) && (labels.isEmpty() || labels.contains(label));
    }
  }

  /**
   * The info series of one metric about one target.
   *
   * @param newest index of the one that counts at each step, or NONE
   */
  private record Source(List<StepSeries> series, int[] newest) {
    Source(int steps) {
      this(new ArrayList<>(), new int[steps]);
      Arrays.fill(newest, NONE);
    }
  }

  void apply(Call call, Steps steps, SeriesSink sink) {
    Wanted wanted =
        new Wanted(
            call.args().size() > 1
                ? ((VectorSelector) Evaluator.withoutParens(call.args().get(1))).matchers()
                : List.of());
    try (CollectedSeries base = evaluator.collect(call.args().get(0), steps);
        CollectedSeries found = new CollectedSeries(evaluator.budget());
        SampleBudget.Hold hold = evaluator.budget().hold()) {
      find(call.args().get(0), wanted, base.series(), steps, found);
      Map<Labels, List<Source>> sources = sources(found.series(), steps, hold);
      boolean[] present = present(base.series(), steps);
      for (List<Source> ofTarget : sources.values()) {
        ofTarget.forEach(source -> pickNewest(source, present));
      }
      SeriesMerger merger = new SeriesMerger(evaluator.budget());
      for (StepSeries series : base.series()) {
        evaluator.budget().checkCancelled();
        if (wanted.isInfo(series.labels())) {
          merger.accept(series.labels(), series.values());
        } else {
          List<Source> about = sources.getOrDefault(series.labels().only(IDENTIFYING), List.of());
          enrich(series, about, wanted, merger);
        }
      }
      merger.drainTo(sink);
    }
  }

  /** Collects the info series that may be about series of the vector; their values are times. */
  private void find(
      Expr argument, Wanted wanted, List<StepSeries> base, Steps steps, SeriesSink found) {
    Map<String, Set<String>> identifying = new LinkedHashMap<>();
    for (StepSeries series : base) {
      if (!wanted.isInfo(series.labels())) {
        for (String label : IDENTIFYING) {
          if (series.labels().has(label)) {
            identifying
                .computeIfAbsent(label, name -> new HashSet<>())
                .add(series.labels().get(label));
          }
        }
      }
    }
    if (identifying.isEmpty()) {
      return;
    }
    List<LabelMatcher> matchers = new ArrayList<>(wanted.names);
    matchers.addAll(wanted.data);
    identifying.forEach(
        (label, values) -> {
          if (values.size() == 1) {
            matchers.add(
                new LabelMatcher(LabelMatcher.Type.EQUAL, label, values.iterator().next()));
          }
        });
    When when = firstSelector(argument);
    VectorSelector selector =
        new VectorSelector(
            "",
            matchers,
            RangeExtension.NONE,
            when == null ? TimeSpan.ZERO : TimeSpan.ofMillis(when.offsetMillis()),
            when == null ? null : when.at(),
            argument.position());
    evaluator
        .selectors()
        .timesOfFloats(
            selector,
            steps,
            (labels, values) -> {
              boolean about =
                  identifying.entrySet().stream()
                      .allMatch(entry -> entry.getValue().contains(labels.get(entry.getKey())));
              if (about) {
                checkFloats(labels, values);
                found.accept(labels, values);
              }
            });
  }

  private static void checkFloats(Labels labels, StepValues times) {
    for (int step = 0; step < times.steps(); step++) {
      if (times.isPresent(step) && Double.isNaN(times.get(step))) {
        throw new PromException(
            PromException.Kind.EXECUTION,
            "this should be an info metric, with float samples: " + labels);
      }
    }
  }

  /** The times that a selector looks at. */
  private record When(@Nullable AtModifier at, long offsetMillis) {
    static When of(VectorSelector selector) {
      return new When(selector.at(), selector.offset().millis());
    }
  }

  /** When the first selector of an expression looks: info is as of then. */
  private static @Nullable When firstSelector(Expr expr) {
    if (expr instanceof VectorSelector selector) {
      return When.of(selector);
    }
    if (expr instanceof Expr.MatrixSelector matrix) {
      return When.of(matrix.vectorSelector());
    }
    if (expr instanceof Expr.SubqueryExpr subquery) {
      When inner = firstSelector(subquery.expr());
      return inner == null || inner.at() != null
          ? inner
          : new When(subquery.at(), subquery.offset().millis() + inner.offsetMillis());
    }
    if (expr instanceof Expr.UnaryExpr unary) {
      return firstSelector(unary.expr());
    }
    if (expr instanceof Expr.ParenExpr paren) {
      return firstSelector(paren.expr());
    }
    if (expr instanceof Expr.AggregateExpr aggregation) {
      return firstSelector(aggregation.expr());
    }
    if (expr instanceof Expr.BinaryExpr binary) {
      When left = firstSelector(binary.lhs());
      return left == null ? firstSelector(binary.rhs()) : left;
    }
    if (expr instanceof Call call) {
      for (Expr argument : call.args()) {
        When found = firstSelector(argument);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** The info series by what they are about. */
  private static Map<Labels, List<Source>> sources(
      List<StepSeries> found, Steps steps, SampleBudget.Hold hold) {
    Map<Labels, Map<String, Source>> byTarget = new LinkedHashMap<>();
    for (StepSeries series : found) {
      byTarget
          .computeIfAbsent(series.labels().only(IDENTIFYING), target -> new LinkedHashMap<>())
          .computeIfAbsent(
              series.labels().get(Labels.NAME),
              name -> {
                hold.takeSteps(steps.count());
                return new Source(steps.count());
              })
          .series()
          .add(series);
    }
    Map<Labels, List<Source>> sources = new HashMap<>();
    byTarget.forEach((target, byName) -> sources.put(target, List.copyOf(byName.values())));
    return sources;
  }

  /** At which steps there is something to enrich. */
  private static boolean[] present(List<StepSeries> base, Steps steps) {
    boolean[] present = new boolean[steps.count()];
    for (StepSeries series : base) {
      for (int step = 0; step < present.length; step++) {
        present[step] |= series.values().isPresent(step);
      }
    }
    return present;
  }

  private void pickNewest(Source source, boolean[] present) {
    int[] newest = source.newest();
    for (int i = 0; i < source.series().size(); i++) {
      evaluator.budget().checkCancelled();
      StepSeries series = source.series().get(i);
      for (int step = 0; step < present.length; step++) {
        if (!present[step] || !series.values().isPresent(step)) {
          continue;
        }
        if (newest[step] == NONE) {
          newest[step] = i;
          continue;
        }
        StepSeries known = source.series().get(newest[step]);
        double knownTime = known.values().get(step);
        double time = series.values().get(step);
        if (time == knownTime) {
          throw execution(
              "found duplicate series for info metric: existing "
                  + known.labels()
                  + " @ "
                  + Math.round(knownTime * 1000)
                  + ", new "
                  + series.labels()
                  + " @ "
                  + Math.round(time * 1000));
        }
        if (time > knownTime) {
          newest[step] = i;
        }
      }
    }
  }

  /** Adds labels to a series; to other ones where another info series counts. */
  private void enrich(StepSeries series, List<Source> about, Wanted wanted, SeriesMerger merger) {
    int steps = series.values().steps();
    int[] chosen = new int[about.size()];
    StepValues part = new StepValues(steps);
    int step = 0;
    while (step < steps) {
      choose(about, step, chosen);
      part.clear(steps);
      while (step < steps && isChosen(about, step, chosen)) {
        if (series.values().isPresent(step)) {
          part.setFrom(step, series.values());
        }
        step++;
      }
      boolean known = Arrays.stream(chosen).anyMatch(index -> index != NONE);
      if (!part.isEmpty() && (known || wanted.optional)) {
        merger.accept(enriched(series.labels(), about, chosen, wanted), part);
      }
    }
  }

  private static void choose(List<Source> about, int step, int[] chosen) {
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = about.get(i).newest()[step];
    }
  }

  private static boolean isChosen(List<Source> about, int step, int[] chosen) {
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i] != about.get(i).newest()[step]) {
        return false;
      }
    }
    return true;
  }

  private static Labels enriched(Labels base, List<Source> about, int[] chosen, Wanted wanted) {
    Map<String, String> added = new LinkedHashMap<>();
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i] == NONE) {
        continue;
      }
      Labels info = about.get(i).series().get(chosen[i]).labels();
      for (int l = 0; l < info.size(); l++) {
        if (!wanted.adds(info.name(l)) || base.has(info.name(l))) {
          continue;
        }
        String other = added.putIfAbsent(info.name(l), info.value(l));
        if (other != null && !other.equals(info.value(l))) {
          throw execution("conflicting label: " + info.name(l));
        }
      }
    }
    Labels labels = base;
    for (Map.Entry<String, String> label : added.entrySet()) {
      labels = labels.with(label.getKey(), label.getValue());
    }
    return labels;
  }

  private static PromException execution(String message) {
    return new PromException(PromException.Kind.EXECUTION, message);
  }
}
