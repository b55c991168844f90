package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.Quoting;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.MatrixSelector;
import io.varve.query.promql.ast.Expr.SubqueryExpr;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.ValueType;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.RangeFunctions;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Evaluates calls of functions. */
final class Calls {
  private static final double MILLIS_PER_SECOND = 1000;

  /** What names of counters end in by convention. */
  private static final List<String> COUNTER_SUFFIXES =
      List.of("_total", "_sum", "_count", "_bucket");

  private final Evaluator evaluator;
  private final boolean instant;
  private final Annotations annotations;
  private final LabelFunctions labelFunctions;
  private final HistogramFunctions histogramFunctions;
  private final SortFunctions sortFunctions;

  Calls(Evaluator evaluator, boolean instant, Annotations annotations) {
    this.evaluator = evaluator;
    this.instant = instant;
    this.annotations = annotations;
    this.labelFunctions = new LabelFunctions(evaluator);
    this.histogramFunctions = new HistogramFunctions(evaluator, annotations);
    this.sortFunctions = new SortFunctions(evaluator);
  }

  /** The numbers of a function that gives a scalar. */
  double[] scalar(Call call, Steps steps) {
    if (call.function() == PromFunction.TIME) {
      return times(steps);
    }
    double[] out = evaluator.numbers(steps);
    switch (call.function()) {
      case PI -> Arrays.fill(out, Math.PI);
      case START -> Arrays.fill(out, evaluator.query().startMillis() / MILLIS_PER_SECOND);
      case END -> Arrays.fill(out, evaluator.query().lastMillis() / MILLIS_PER_SECOND);
      case STEP ->
          Arrays.fill(out, instant ? 0 : evaluator.query().stepMillis() / MILLIS_PER_SECOND);
      case RANGE ->
          Arrays.fill(
              out,
              (evaluator.query().lastMillis() - evaluator.query().startMillis())
                  / MILLIS_PER_SECOND);
      case MIN_OF, MAX_OF -> extreme(call, steps, out);
      case SCALAR -> onlyValues(call.args().get(0), steps, out);
      default -> throw new IllegalStateException("not a scalar function: " + call.function());
    }
    return out;
  }

  /** The time of each step in seconds. */
  private double[] times(Steps steps) {
    double[] out = evaluator.numbers(steps);
    for (int step = 0; step < out.length; step++) {
      out[step] = steps.timeMillis(step) / MILLIS_PER_SECOND;
    }
    return out;
  }

  private void extreme(Call call, Steps steps, double[] out) {
    double[] left = evaluator.scalar(call.args().get(0), steps);
    double[] right = evaluator.scalar(call.args().get(1), steps);
    boolean max = call.function() == PromFunction.MAX_OF;
    for (int step = 0; step < out.length; step++) {
      out[step] = max ? Math.max(left[step], right[step]) : Math.min(left[step], right[step]);
    }
  }

  /** The value of the single element, at each step; NaN if there are none or several. */
  private void onlyValues(Expr vector, Steps steps, double[] out) {
    int[] elements = new int[steps.count()];
    evaluator.vector(
        vector,
        steps,
        (labels, values) -> {
          for (int step = 0; step < out.length; step++) {
            if (values.isPresent(step) && values.histogram(step) == null) {
              elements[step]++;
              out[step] = values.get(step);
            }
          }
        });
    for (int step = 0; step < out.length; step++) {
      if (elements[step] != 1) {
        out[step] = Double.NaN;
      }
    }
  }

  /** Pushes the series of a function that gives a vector into a sink. */
  void vector(Call call, Steps steps, SeriesSink sink) {
    switch (call.function()) {
      case VECTOR -> ofScalar(evaluator.scalar(call.args().get(0), steps), sink);
      case TIMESTAMP -> timestamp(call, steps, sink);
      case ABSENT ->
          absent(
              call.args().get(0),
              steps,
              sink,
              inner -> evaluator.vector(call.args().get(0), steps, inner));
      case ABSENT_OVER_TIME ->
          absent(
              rangeSelector(call.args().get(0)),
              steps,
              sink,
              inner ->
                  range(
                      call,
                      () -> instance(PromFunction.PRESENT_OVER_TIME.text()),
                      RangeFunction.NO_PARAMETERS,
                      steps,
                      inner));
      case SORT, SORT_DESC, SORT_BY_LABEL, SORT_BY_LABEL_DESC -> sort(call, steps, sink);
      case LABEL_REPLACE -> labelFunctions.replace(call, steps, sink);
      case LABEL_JOIN -> labelFunctions.join(call, steps, sink);
      case HISTOGRAM_QUANTILE -> histogramFunctions.quantile(call, steps, sink);
      case HISTOGRAM_FRACTION -> histogramFunctions.fraction(call, steps, sink);
      case HISTOGRAM_AVG, HISTOGRAM_COUNT, HISTOGRAM_SUM, HISTOGRAM_STDDEV, HISTOGRAM_STDVAR ->
          NativeHistogramFunctions.vector(evaluator, call, steps, sink);
      case HISTOGRAM_QUANTILES -> histogramFunctions.quantiles(call, steps, sink);
      case INFO -> new InfoFunction(evaluator).apply(call, steps, sink);
      case START_TIMESTAMP ->
          // Samples do not say when they started.
          evaluator.vector(call.args().get(0), steps, (labels, values) -> {});
      default -> {
        if (RangeFunctions.names().contains(call.function().text())) {
          overRange(call, steps, sink);
        } else {
          new ValueCalls(evaluator).vector(call, steps, sink);
        }
      }
    }
  }

  private static void ofScalar(double[] perStep, SeriesSink sink) {
    StepValues values = new StepValues(perStep.length);
    System.arraycopy(perStep, 0, values.values(), 0, perStep.length);
    values.markAllPresent();
    sink.accept(Labels.EMPTY, values);
  }

  private void timestamp(Call call, Steps steps, SeriesSink sink) {
    Expr argument = call.args().get(0);
    if (Evaluator.withoutParens(argument) instanceof VectorSelector selector) {
      evaluator.nameless(
          argument, sink, target -> evaluator.selectors().times(selector, steps, target));
      return;
    }
    evaluator.mapNameless(
        argument,
        steps,
        sink,
        values -> {
          for (int step = 0; step < values.steps(); step++) {
            values.values()[step] = steps.timeMillis(step) / MILLIS_PER_SECOND;
          }
          values.forgetHistograms();
        });
  }

  /** 1 at the steps at which a feed gives nothing. */
  private static void absent(
      Expr selector, Steps steps, SeriesSink sink, Evaluator.SeriesFeed feed) {
    StepValues absent = new StepValues(steps.count());
    Arrays.fill(absent.values(), 0, steps.count(), 1);
    absent.markAllPresent();
    feed.into(
        (labels, values) -> {
          for (int step = 0; step < values.steps(); step++) {
            if (values.isPresent(step)) {
              absent.remove(step);
            }
          }
        });
    if (!absent.isEmpty()) {
      sink.accept(AbsentLabels.of(selector), absent);
    }
  }

  /** The selector whose matchers say what is absent. */
  private static Expr rangeSelector(Expr range) {
    Expr inner = Evaluator.withoutParens(range);
    return inner instanceof MatrixSelector matrix ? matrix.vectorSelector() : inner;
  }

  private void sort(Call call, Steps steps, SeriesSink sink) {
    if (instant) {
      sortFunctions.sort(call, steps, sink);
    } else {
      annotations.warn(
          "sort is ineffective for range queries since results are always ordered by labels",
          call.position());
      evaluator.vector(call.args().get(0), steps, sink);
    }
  }

  private void overRange(Call call, Steps steps, SeriesSink sink) {
    List<double[]> parameters = new ArrayList<>();
    for (Expr argument : call.args()) {
      if (argument.type() == ValueType.SCALAR) {
        parameters.add(evaluator.scalar(argument, steps));
      }
    }
    if (call.function() == PromFunction.QUANTILE_OVER_TIME) {
      warnOfQuantile(call.args().get(0), parameters.get(0));
    } else if (call.function() == PromFunction.PREDICT_LINEAR) {
      parameters.add(times(steps));
    }
    double[][] scalars = parameters.toArray(double[][]::new);
    Supplier<RangeFunction> function = () -> instance(call.function().text());
    if (keepsName(call.function())) {
      range(call, function, scalars, steps, sink);
    } else {
      evaluator.nameless(
          rangeArgument(call),
          sink,
          target -> range(call, function, scalars, steps, informing(call, target)));
    }
  }

  /** Tells if a function of counters is about something that is not named like one. */
  private SeriesSink informing(Call call, SeriesSink sink) {
    if (call.function() != PromFunction.RATE && call.function() != PromFunction.INCREASE) {
      return sink;
    }
    Set<String> known = new HashSet<>();
    return (labels, values) -> {
      String name = labels.get(Labels.NAME);
      if (!name.isEmpty()
          && !values.hasHistograms()
          && known.add(name)
          && COUNTER_SUFFIXES.stream().noneMatch(name::endsWith)) {
        annotations.info(
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                + Quoting.quote(name),
            call.args().get(0).position());
      }
      sink.accept(labels, values);
    };
  }

  private void warnOfQuantile(Expr argument, double[] phis) {
    for (double phi : phis) {
      if (!(phi >= 0 && phi <= 1)) {
        annotations.quantileOutOfRange(phi, argument.position());
      }
    }
  }

  private static boolean keepsName(PromFunction function) {
    return function == PromFunction.LAST_OVER_TIME || function == PromFunction.FIRST_OVER_TIME;
  }

  private static Expr rangeArgument(Call call) {
    for (Expr argument : call.args()) {
      if (argument.type() == ValueType.MATRIX) {
        return Evaluator.withoutParens(argument);
      }
    }
    throw new IllegalStateException("no range in " + call);
  }

  private void range(
      Call call,
      Supplier<RangeFunction> function,
      double[][] parameters,
      Steps steps,
      SeriesSink sink) {
    Expr argument = rangeArgument(call);
    if (argument instanceof MatrixSelector matrix) {
      RangeExtension extension = matrix.vectorSelector().extension();
      evaluator
          .selectors()
          .range(
              matrix.vectorSelector(),
              matrix.range().millis(),
              steps,
              RangeFunctions.want(wantedBy(call.function()).text()),
              extension == RangeExtension.NONE ? function : extended(call.function(), extension),
              parameters,
              sink);
    } else {
      evaluator
          .subqueries()
          .range((SubqueryExpr) argument, steps, function.get(), parameters, sink);
    }
  }

  /** The function that looks at the samples. */
  private static PromFunction wantedBy(PromFunction function) {
    return function == PromFunction.ABSENT_OVER_TIME ? PromFunction.PRESENT_OVER_TIME : function;
  }

  private Supplier<RangeFunction> extended(PromFunction function, RangeExtension extension) {
    boolean smoothed = extension == RangeExtension.SMOOTHED;
    List<String> allowed = smoothed ? RangeFunctions.smoothed() : RangeFunctions.anchored();
    if (!allowed.contains(function.text())) {
      throw new PromException(
          PromException.Kind.EXECUTION,
          extension.text()
              + " modifier can only be used with: "
              + String.join(", ", allowed)
              + " - not with "
              + function.text());
    }
    long lookback = evaluator.selectors().lookbackMillis();
    return () -> checked(RangeFunctions.createExtended(function.text(), smoothed, lookback));
  }

  /** A function with buffers of its own. */
  private RangeFunction instance(String name) {
    RangeFunction function = RangeFunctions.create(name);
    if (function == null) {
      throw new IllegalStateException("no such function: " + name);
    }
    return checked(function);
  }

  /** The same in the bounds of the evaluation. */
  private RangeFunction checked(RangeFunction function) {
    function.checkWith(evaluator.budget()::checkCancelled);
    function.roomWith(evaluator.budget().hold()::growHistograms);
    return new CheckedRange(function);
  }
}
