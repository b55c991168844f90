package io.varve.query.promql.function;

import io.varve.query.promql.histogram.CounterReset;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import io.varve.query.promql.histogram.HistogramSum;
import io.varve.query.promql.histogram.ResetDetection;

/** irate and idelta where one of the last two samples is a histogram. */
final class HistogramInstantRate implements HistogramKernel {
  private final boolean counter;

  HistogramInstantRate(boolean counter) {
    this.counter = counter;
  }

  @Override
  public void apply(HistogramWindow window, StepValues out, int step) {
    if (window.size() < 2) {
      return;
    }
    int last = window.to() - 1;
    FloatHistogram current = window.histogram(last);
    FloatHistogram before = window.histogram(last - 1);
    double seconds = window.seconds(last - 1, last);
    if (current == null && before == null) {
      double value = window.value(last);
      double old = window.value(last - 1);
      double change = counter && value < old ? value : value - old;
      out.set(step, counter ? change / seconds : change);
      return;
    }
    if (current == null || before == null) {
      window.remarks().add(HistogramRemark.FLOATS_AND_HISTOGRAMS);
      return;
    }
    if (counter && (current.isGauge() || before.isGauge())) {
      window.remarks().add(HistogramRemark.NOT_A_COUNTER);
    }
    if (!counter && !(current.isGauge() && before.isGauge())) {
      window.remarks().add(HistogramRemark.NOT_A_GAUGE);
    }
    FloatHistogram change = current;
    if (!counter || !ResetDetection.isReset(current, before)) {
      HistogramSum difference = new HistogramSum(current);
      if (!difference.takes(before)) {
        window.remarks().add(HistogramRemark.EXPONENTIAL_AND_CUSTOM);
        return;
      }
      difference.add(before.times(-1));
      if (difference.isReconciled()) {
        window.remarks().add(HistogramRemark.BOUNDS_RECONCILED_SUBTRACTING);
      }
      change = difference.total();
    }
    out.set(step, (counter ? change.dividedBy(seconds) : change).withHint(CounterReset.GAUGE));
  }
}
