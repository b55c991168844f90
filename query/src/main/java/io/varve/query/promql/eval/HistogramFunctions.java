package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.StringLiteral;
import io.varve.query.promql.function.BucketBound;
import io.varve.query.promql.function.ClassicHistogram;
import io.varve.query.promql.function.GoNumber;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Functions of classic histograms: series that differ in the label {@code le} alone. */
final class HistogramFunctions {
  private static final List<String> BOUND = List.of("le");

  /** A bucket at all steps. */
  private record Bucket(double bound, StepValues counts) {}

  /** Computes a number from the buckets of a step. */
  private interface Computation {
    double apply(ClassicHistogram histogram, int step);
  }

  private final Evaluator evaluator;
  private final Annotations annotations;

  HistogramFunctions(Evaluator evaluator, Annotations annotations) {
    this.evaluator = evaluator;
    this.annotations = annotations;
  }

  void quantile(Call call, Steps steps, SeriesSink sink) {
    double[] quantiles = evaluator.scalar(call.args().get(0), steps);
    warnOutOfRange(quantiles, call.args().get(0));
    compute(
        call.args().get(1),
        steps,
        sink,
        (histogram, step) -> {
          double quantile = histogram.quantile(quantiles[step]);
          informOfRepair(histogram, call.args().get(1));
          return quantile;
        });
  }

  /** Several quantiles, which a label tells apart. */
  void quantiles(Call call, Steps steps, SeriesSink sink) {
    Expr argument = call.args().get(0);
    String label = ((StringLiteral) Evaluator.withoutParens(call.args().get(1))).value();
    if (label.isEmpty()) {
      throw new PromException(PromException.Kind.EXECUTION, "invalid label name \"\"");
    }
    List<double[]> all = new ArrayList<>();
    for (Expr quantile : call.args().subList(2, call.args().size())) {
      double[] quantiles = evaluator.scalar(quantile, steps);
      warnOutOfRange(quantiles, quantile);
      all.add(quantiles);
    }
    SeriesMerger merger = new SeriesMerger(evaluator.budget());
    try (CollectedSeries collected = evaluator.collect(argument, steps)) {
      Map<Labels, List<Bucket>> histograms = group(argument, collected.series());
      for (double[] quantiles : all) {
        compute(
            histograms,
            steps,
            (labels, values) -> accept(labels.withoutName(), label, quantiles, values, merger),
            (histogram, step) -> {
              double value = histogram.quantile(quantiles[step]);
              informOfRepair(histogram, argument);
              return value;
            });
      }
    }
    merger.drainTo(sink);
  }

  /** Hands on a series for each quantile that is asked for at some steps. */
  private static void accept(
      Labels labels, String label, double[] quantiles, StepValues values, SeriesSink sink) {
    Map<Double, StepValues> parts = new LinkedHashMap<>();
    for (int step = 0; step < values.steps(); step++) {
      if (values.isPresent(step)) {
        parts
            .computeIfAbsent(quantiles[step], quantile -> new StepValues(values.steps()))
            .set(step, values.get(step));
      }
    }
    parts.forEach(
        (quantile, part) -> sink.accept(labels.with(label, GoNumber.openMetrics(quantile)), part));
  }

  private void warnOutOfRange(double[] quantiles, Expr argument) {
    for (double quantile : quantiles) {
      if (!(quantile >= 0 && quantile <= 1)) {
        annotations.quantileOutOfRange(quantile, argument.position());
      }
    }
  }

  void fraction(Call call, Steps steps, SeriesSink sink) {
    double[] lower = evaluator.scalar(call.args().get(0), steps);
    double[] upper = evaluator.scalar(call.args().get(1), steps);
    compute(
        call.args().get(2),
        steps,
        sink,
        (histogram, step) -> histogram.fraction(lower[step], upper[step]));
  }

  private void compute(Expr argument, Steps steps, SeriesSink sink, Computation computation) {
    try (CollectedSeries collected = evaluator.collect(argument, steps)) {
      Map<Labels, List<Bucket>> histograms = group(argument, collected.series());
      evaluator.nameless(argument, sink, target -> compute(histograms, steps, target, computation));
    }
  }

  private void compute(
      Map<Labels, List<Bucket>> histograms, Steps steps, SeriesSink sink, Computation computation) {
    histograms.forEach(
        (labels, buckets) -> {
          evaluator.budget().checkCancelled();
          StepValues values = compute(buckets, steps, computation);
          if (!values.isEmpty()) {
            sink.accept(labels, values);
          }
        });
  }

  /** The buckets of each histogram. */
  private Map<Labels, List<Bucket>> group(Expr argument, List<StepSeries> vector) {
    Map<Labels, List<Bucket>> histograms = new LinkedHashMap<>();
    for (StepSeries series : vector) {
      String text = series.labels().get("le");
      Double bound = BucketBound.parse(text);
      if (bound == null) {
        annotations.warn(
            "bucket label \"le\" is missing or has a malformed value of \"" + text + "\"",
            argument.position());
      } else {
        histograms
            .computeIfAbsent(series.labels().without(BOUND), labels -> new ArrayList<>())
            .add(new Bucket(bound, series.values()));
      }
    }
    return histograms;
  }

  private static StepValues compute(List<Bucket> buckets, Steps steps, Computation computation) {
    buckets.sort(Comparator.comparingDouble(Bucket::bound));
    StepValues out = new StepValues(steps.count());
    ClassicHistogram histogram = new ClassicHistogram();
    for (int step = 0; step < steps.count(); step++) {
      histogram.clear();
      boolean any = false;
      for (Bucket bucket : buckets) {
        if (bucket.counts().isPresent(step)) {
          histogram.add(bucket.bound(), bucket.counts().get(step));
          any = true;
        }
      }
      if (any) {
        out.set(step, computation.apply(histogram, step));
      }
    }
    return out;
  }

  private void informOfRepair(ClassicHistogram histogram, Expr argument) {
    if (histogram.isRepaired()) {
      annotations.info(
          "input to histogram_quantile needed to be fixed for monotonicity, from buckets "
              + GoNumber.general(histogram.minRepaired())
              + " to "
              + GoNumber.general(histogram.maxRepaired())
              + ", with a max diff of "
              + GoNumber.general(histogram.maxDecrease()),
          argument.position());
    }
  }
}
