package io.varve.query.promql.eval;

import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramVariance;

/** Functions that make a number of each native histogram, and nothing of floats. */
final class NativeHistogramFunctions {
  private NativeHistogramFunctions() {}

  static void vector(Evaluator evaluator, Call call, Steps steps, SeriesSink sink) {
    evaluator.mapNameless(
        call.args().get(0), steps, sink, values -> change(call.function(), values));
  }

  private static void change(PromFunction function, StepValues values) {
    for (int step = 0; step < values.steps(); step++) {
      if (!values.isPresent(step)) {
        continue;
      }
      FloatHistogram histogram = values.histogram(step);
      if (histogram == null) {
        values.remove(step);
      } else {
        values.set(step, number(function, histogram));
      }
    }
    values.forgetHistograms();
  }

  private static double number(PromFunction function, FloatHistogram histogram) {
    return switch (function) {
      case HISTOGRAM_COUNT -> histogram.count();
      case HISTOGRAM_SUM -> histogram.sum();
      case HISTOGRAM_AVG -> histogram.sum() / histogram.count();
      case HISTOGRAM_STDVAR -> HistogramVariance.of(histogram);
      case HISTOGRAM_STDDEV -> Math.sqrt(HistogramVariance.of(histogram));
      default -> throw new IllegalStateException("no function of histograms: " + function);
    };
  }
}
