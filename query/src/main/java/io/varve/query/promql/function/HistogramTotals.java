package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import io.varve.query.promql.histogram.HistogramTotal;

/** sum_over_time and avg_over_time of histograms; there is no sum of floats and histograms. */
final class HistogramTotals {
  private HistogramTotals() {}

  static void sum(HistogramWindow window, StepValues out, int step) {
    total(window, false, out, step);
  }

  static void mean(HistogramWindow window, StepValues out, int step) {
    total(window, true, out, step);
  }

  private static void total(HistogramWindow window, boolean mean, StepValues out, int step) {
    if (window.isMixed()) {
      window.remarks().add(HistogramRemark.FLOATS_AND_HISTOGRAMS);
      return;
    }
    HistogramTotal total = HistogramTotal.of(window.only(window.from()), mean);
    for (int i = window.from() + 1; i < window.to(); i++) {
      FloatHistogram histogram = window.only(i);
      if (!total.takes(histogram)) {
        window.remarks().add(HistogramRemark.EXPONENTIAL_AND_CUSTOM);
        return;
      }
      total.add(histogram);
    }
    if (total.isReconciled()) {
      window.remarks().add(HistogramRemark.BOUNDS_RECONCILED_AGGREGATING);
    }
    if (total.hasConflictingResets()) {
      window.remarks().add(HistogramRemark.CONFLICTING_RESETS_AGGREGATED);
    }
    out.set(step, total.total());
  }
}
