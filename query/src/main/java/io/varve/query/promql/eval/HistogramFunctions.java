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
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramFraction;
import io.varve.query.promql.histogram.HistogramQuantile;
import io.varve.query.promql.histogram.HistogramRemark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Functions of histograms, which are native ones or series that differ in the label {@code le}
 * alone. At a step at which there are both of the same labels there is no answer.
 */
final class HistogramFunctions {
  private static final List<String> BOUND = List.of("le");

  /** A bucket at all steps. */
  private record Bucket(double bound, StepValues counts) {}

  /** What there is of the same labels. */
  private static final class Histograms {
    final List<Bucket> classic = new ArrayList<>();
    @Nullable StepValues natives;
  }

  /** Computes a number from the histogram of a step. */
  private interface Computation {
    double ofClassic(ClassicHistogram histogram, int step);

    double ofNative(FloatHistogram histogram, Labels labels, int step);
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
    Expr argument = call.args().get(1);
    compute(argument, steps, sink, new Quantile(quantiles, argument));
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
      Map<Labels, Histograms> histograms = group(argument, collected.series());
      for (double[] quantiles : all) {
        compute(
            argument,
            histograms,
            steps,
            (labels, values) -> accept(labels.withoutName(), label, quantiles, values, merger),
            new Quantile(quantiles, argument));
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

  /** Quantiles, one per step. */
  private final class Quantile implements Computation {
    private final double[] quantiles;
    private final Expr argument;

    Quantile(double[] quantiles, Expr argument) {
      this.quantiles = quantiles;
      this.argument = argument;
    }

    @Override
    public double ofClassic(ClassicHistogram histogram, int step) {
      double quantile = histogram.quantile(quantiles[step]);
      informOfRepair(histogram, argument);
      return quantile;
    }

    @Override
    public double ofNative(FloatHistogram histogram, Labels labels, int step) {
      double quantile = HistogramQuantile.of(histogram, quantiles[step]);
      if (Double.isNaN(histogram.sum()) && histogram.count() > 0) {
        annotations.remark(
            Double.isNaN(quantile)
                ? HistogramRemark.QUANTILE_IS_NAN
                : HistogramRemark.QUANTILE_IS_SKEWED,
            labels,
            argument.position());
      }
      return quantile;
    }
  }

  void fraction(Call call, Steps steps, SeriesSink sink) {
    double[] lower = evaluator.scalar(call.args().get(0), steps);
    double[] upper = evaluator.scalar(call.args().get(1), steps);
    Expr argument = call.args().get(2);
    compute(
        argument,
        steps,
        sink,
        new Computation() {
          @Override
          public double ofClassic(ClassicHistogram histogram, int step) {
            return histogram.fraction(lower[step], upper[step]);
          }

          @Override
          public double ofNative(FloatHistogram histogram, Labels labels, int step) {
            if (Double.isNaN(histogram.sum())) {
              annotations.remark(HistogramRemark.FRACTION_WITHOUT_NAN, labels, argument.position());
            }
            return HistogramFraction.of(histogram, lower[step], upper[step]);
          }
        });
  }

  private void compute(Expr argument, Steps steps, SeriesSink sink, Computation computation) {
    try (CollectedSeries collected = evaluator.collect(argument, steps)) {
      Map<Labels, Histograms> all = group(argument, collected.series());
      evaluator.nameless(
          argument, sink, target -> compute(argument, all, steps, target, computation));
    }
  }

  private void compute(
      Expr argument,
      Map<Labels, Histograms> all,
      Steps steps,
      SeriesSink sink,
      Computation computation) {
    all.forEach(
        (labels, histograms) -> {
          evaluator.budget().checkCancelled();
          StepValues values = ofClassic(histograms.classic, steps, computation);
          StepValues natives = histograms.natives;
          if (natives != null) {
            addNatives(argument, labels, natives, computation, values);
          }
          if (!values.isEmpty()) {
            sink.accept(labels, values);
          }
        });
  }

  private void addNatives(
      Expr argument,
      Labels labels,
      StepValues natives,
      Computation computation,
      StepValues values) {
    for (int step = 0; step < natives.steps(); step++) {
      FloatHistogram histogram = natives.isPresent(step) ? natives.histogram(step) : null;
      if (histogram == null) {
        continue;
      }
      if (values.isPresent(step)) {
        values.remove(step);
        annotations.remark(HistogramRemark.CLASSIC_AND_NATIVE, labels, argument.position());
      } else {
        values.set(step, computation.ofNative(histogram, labels, step));
      }
    }
  }

  /** The histograms of each set of labels. */
  private Map<Labels, Histograms> group(Expr argument, List<StepSeries> vector) {
    Map<Labels, Histograms> all = new LinkedHashMap<>();
    for (StepSeries series : vector) {
      if (series.values().hasHistograms()) {
        StepValues natives = new StepValues();
        natives.copyFrom(series.values());
        all.computeIfAbsent(series.labels(), labels -> new Histograms()).natives = natives;
        series.values().removeHistograms();
        if (series.values().isEmpty()) {
          continue;
        }
      }
      addBucket(argument, series, all);
    }
    return all;
  }

  private void addBucket(Expr argument, StepSeries series, Map<Labels, Histograms> all) {
    String text = series.labels().get("le");
    Double bound = BucketBound.parse(text);
    if (bound == null) {
      annotations.warn(
          "bucket label \"le\" is missing or has a malformed value of \"" + text + "\"",
          argument.position());
    } else {
      all.computeIfAbsent(series.labels().without(BOUND), labels -> new Histograms())
          .classic
          .add(new Bucket(bound, series.values()));
    }
  }

  private static StepValues ofClassic(List<Bucket> buckets, Steps steps, Computation computation) {
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
        out.set(step, computation.ofClassic(histogram, step));
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
