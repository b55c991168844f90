package io.varve.query.promql.function;

import io.varve.query.promql.histogram.CounterReset;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import io.varve.query.promql.histogram.HistogramSum;
import io.varve.query.promql.histogram.ResetDetection;

/**
 * rate, increase and delta of histograms: as {@link ExtrapolatedRate} for each of their numbers,
 * where a reset is one of the whole histogram, and the count says when the counter began.
 */
final class HistogramRate implements HistogramKernel {
  private static final double MILLIS = 1000;

  private final boolean counter;
  private final boolean perSecond;

  HistogramRate(boolean counter, boolean perSecond) {
    this.counter = counter;
    this.perSecond = perSecond;
  }

  @Override
  public void apply(HistogramWindow window, StepValues out, int step) {
    if (window.isMixed()) {
      window.remarks().add(HistogramRemark.FLOATS_AND_HISTOGRAMS);
      return;
    }
    if (window.size() < 2) {
      return;
    }
    remarkKind(window, counter);
    boolean beginsAnew =
        counter
            && ResetDetection.isReset(window.only(window.from() + 1), window.only(window.from()));
    if (hasBothKinds(window, beginsAnew)) {
      window.remarks().add(HistogramRemark.EXPONENTIAL_AND_CUSTOM);
      return;
    }
    FloatHistogram change = change(window, beginsAnew);
    double factor =
        Extrapolation.factor(
            window.timeMillis(window.from()),
            window.timeMillis(window.to() - 1),
            window.size() - 1,
            window.startMillis(),
            window.endMillis(),
            counter && change.count() > 0 && window.only(window.from()).count() >= 0
                ? window.only(window.from()).count() / change.count()
                : Double.POSITIVE_INFINITY);
    if (perSecond) {
      factor /= (window.endMillis() - window.startMillis()) / MILLIS;
    }
    out.set(step, change.times(factor).withHint(CounterReset.GAUGE));
  }

  /** Says if counters are no gauges, or the other way round. */
  static void remarkKind(HistogramWindow window, boolean counter) {
    if (!counter) {
      if (!window.only(window.from()).isGauge() || !window.only(window.to() - 1).isGauge()) {
        window.remarks().add(HistogramRemark.NOT_A_GAUGE);
      }
      return;
    }
    for (int i = window.from(); i < window.to(); i++) {
      if (window.only(i).isGauge()) {
        window.remarks().add(HistogramRemark.NOT_A_COUNTER);
      }
    }
  }

  /** Of a gauge only the ends are looked at, and never what a reset makes irrelevant. */
  private boolean hasBothKinds(HistogramWindow window, boolean beginsAnew) {
    int last = window.to() - 1;
    int first = window.from() + (beginsAnew ? 1 : 0);
    for (int i = first; i < last; i++) {
      if ((counter || i == first) && window.only(i).isCustom() != window.only(last).isCustom()) {
        return true;
      }
    }
    return false;
  }

  private FloatHistogram change(HistogramWindow window, boolean beginsAnew) {
    int last = window.to() - 1;
    int second = window.from() + 1;
    HistogramSum change = new HistogramSum(window.only(last));
    change.add(beginsAnew ? window.only(second).emptied() : window.only(window.from()).times(-1));
    for (int i = second; counter && i <= last; i++) {
      change.coarsen(window.only(i).schema());
      if (i > second && ResetDetection.isReset(window.only(i), window.only(i - 1))) {
        change.add(window.only(i - 1));
      }
    }
    if (change.isReconciled()) {
      window.remarks().add(HistogramRemark.BOUNDS_RECONCILED_SUBTRACTING);
    }
    return change.total();
  }
}
