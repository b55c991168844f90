package io.varve.query.promql.function;

import io.varve.query.promql.histogram.CounterReset;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import io.varve.query.promql.histogram.HistogramSum;
import io.varve.query.promql.histogram.ResetDetection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * {@link ExtendedRate} of series that may have histograms: the same between histograms, where a
 * reset is one of the whole histogram. What has both kinds around a window has no change.
 */
final class ExtendedHistogramRate extends WholeSeries {
  private static final double MILLIS = 1000;

  private final boolean counter;
  private final boolean perSecond;
  private final boolean smoothed;
  private final ExtendedRate ofFloats;
  private final WindowEdges edges = new WindowEdges();
  private final Set<HistogramRemark> remarks = EnumSet.noneOf(HistogramRemark.class);
  private LongConsumer room = bytes -> {};

  ExtendedHistogramRate(boolean counter, boolean perSecond, boolean smoothed, long lookbackMillis) {
    this.counter = counter;
    this.perSecond = perSecond;
    this.smoothed = smoothed;
    this.ofFloats = new ExtendedRate(counter, perSecond, smoothed, lookbackMillis);
  }

  @Override
  public void roomWith(LongConsumer newRoom) {
    room = newRoom;
  }

  @Override
  public void evaluate(
      Samples samples, StepWindows windows, double[][] parameters, StepValues out) {
    ofFloats.evaluate(samples, windows, out);
    if (!samples.hasHistograms()) {
      return;
    }
    edges.find(samples, windows);
    long bytes = 0;
    for (int step = 0; step < windows.steps(); step++) {
      if (out.isPresent(step)) {
        int first = ofFloats.firstPlace(samples, windows.startMillis(step), edges.from[step]);
        int last = ofFloats.lastPlace(samples, windows.endMillis(step), edges.to[step], first);
        int histograms = 0;
        for (int i = first; i <= last; i++) {
          histograms += samples.histogram(i) == null ? 0 : 1;
        }
        if (histograms > 0) {
          out.remove(step);
          HistogramWindow window =
              new HistogramWindow(
                  samples,
                  first,
                  last + 1,
                  histograms,
                  windows.startMillis(step),
                  windows.endMillis(step),
                  remarks);
          apply(window, out, step);
          bytes += MixedRange.sizeBytes(out, step);
          room.accept(bytes);
        }
      }
    }
  }

  private void apply(HistogramWindow window, StepValues out, int step) {
    if (window.isMixed()) {
      remarks.add(HistogramRemark.FLOATS_AND_HISTOGRAMS);
      return;
    }
    HistogramRate.remarkKind(window, counter);
    for (int i = window.from() + 1; i < window.to(); i++) {
      if (window.only(i).isCustom() != window.only(window.from()).isCustom()) {
        remarks.add(HistogramRemark.EXPONENTIAL_AND_CUSTOM);
        return;
      }
    }
    FloatHistogram change = change(window);
    if (perSecond) {
      change = change.dividedBy((window.endMillis() - window.startMillis()) / MILLIS);
    }
    out.set(step, change.withHint(CounterReset.GAUGE));
  }

  private FloatHistogram change(HistogramWindow window) {
    int first = window.from();
    int last = window.to() - 1;
    boolean leftOnLine = smoothed && window.timeMillis(first) < window.startMillis();
    boolean rightOnLine = smoothed && last > first && window.timeMillis(last) > window.endMillis();
    FloatHistogram left =
        leftOnLine
            ? HistogramLine.at(window.samples(), first, window.startMillis(), counter)
            : window.only(first);
    HistogramSum change =
        new HistogramSum(
            rightOnLine
                ? HistogramLine.at(window.samples(), last - 1, window.endMillis(), counter)
                : window.only(last));
    change.add(left.times(-1));
    if (counter) {
      // A reset on the way to the first sample is already in a value on that line.
      for (int i = leftOnLine ? first + 2 : first + 1; i <= last; i++) {
        if (ResetDetection.isReset(window.only(i), window.only(i - 1))) {
          change.add(window.only(i - 1));
        }
      }
    }
    if (change.isReconciled()) {
      remarks.add(HistogramRemark.BOUNDS_RECONCILED_SUBTRACTING);
    }
    return change.total();
  }

  @Override
  public Set<HistogramRemark> takeRemarks() {
    return MixedRange.take(remarks);
  }
}
