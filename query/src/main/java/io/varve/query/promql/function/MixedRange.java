package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A range function of series that may have histograms. Series of floats alone go to the function of
 * floats as they are; of others that one sees the floats, and windows with histograms go to a
 * kernel.
 */
final class MixedRange implements RangeFunction {
  private final RangeFunction ofFloats;
  private final @Nullable HistogramKernel kernel;
  private final Samples floats = new Samples();
  private final WindowEdges edges = new WindowEdges();
  private final Set<HistogramRemark> remarks = EnumSet.noneOf(HistogramRemark.class);
  private Runnable check = () -> {};
  private LongConsumer room = bytes -> {};
  private long anchorMillis;

  /**
   * A function.
   *
   * @param kernel null if histograms are passed over
   */
  MixedRange(RangeFunction ofFloats, @Nullable HistogramKernel kernel) {
    this.ofFloats = ofFloats;
    this.kernel = kernel;
  }

  /** Lets each window with samples begin with the last one before, if that is not too old. */
  MixedRange anchoredWithin(long lookbackMillis) {
    anchorMillis = lookbackMillis;
    return this;
  }

  @Override
  public void checkWith(Runnable newCheck) {
    check = newCheck;
    ofFloats.checkWith(newCheck);
  }

  @Override
  public void roomWith(LongConsumer newRoom) {
    room = newRoom;
  }

  @Override
  public void begin(StepWindows windows, double[][] parameters, StepValues out) {
    ofFloats.begin(windows, parameters, out);
  }

  @Override
  public void add(SampleBatch batch) {
    ofFloats.add(batch);
  }

  @Override
  public void finish() {
    ofFloats.finish();
  }

  @Override
  public long heldSamples() {
    return ofFloats.heldSamples();
  }

  @Override
  public void evaluate(
      Samples samples, StepWindows windows, double[][] parameters, StepValues out) {
    if (!samples.hasHistograms()) {
      ofFloats.evaluate(samples, windows, parameters, out);
      return;
    }
    int[] before = countHistograms(samples);
    ofFloats.evaluate(floats, windows, parameters, out);
    edges.find(samples, windows);
    if (anchorMillis > 0) {
      edges.anchor(samples, windows, anchorMillis);
    }
    long bytes = 0;
    for (int step = 0; step < windows.steps(); step++) {
      int from = edges.from[step];
      int to = edges.to[step];
      int histograms = from < to ? before[to] - before[from] : 0;
      if (histograms > 0) {
        check.run();
        apply(
            new HistogramWindow(
                samples,
                from,
                to,
                histograms,
                windows.startMillis(step),
                windows.endMillis(step),
                remarks),
            out,
            step);
        bytes += sizeBytes(out, step);
        room.accept(bytes);
      }
    }
  }

  /** What the histogram of a step takes, if there is one. */
  static long sizeBytes(StepValues out, int step) {
    FloatHistogram histogram = out.isPresent(step) ? out.histogram(step) : null;
    return histogram == null ? 0 : histogram.sizeBytes();
  }

  private void apply(HistogramWindow window, StepValues out, int step) {
    if (kernel != null) {
      out.remove(step);
      kernel.apply(window, out, step);
    } else if (window.isMixed() && out.isPresent(step)) {
      remarks.add(HistogramRemark.IGNORED_IN_RANGE);
    }
  }

  /** How many histograms are in front of each place; the others become {@link #floats}. */
  private int[] countHistograms(Samples samples) {
    int[] before = new int[samples.count() + 1];
    floats.clear();
    for (int i = 0; i < samples.count(); i++) {
      boolean histogram = samples.histogram(i) != null;
      before[i + 1] = before[i] + (histogram ? 1 : 0);
      if (!histogram) {
        floats.add(samples.timesMillis()[i], samples.values()[i]);
      }
    }
    return before;
  }

  @Override
  public Set<HistogramRemark> takeRemarks() {
    return take(remarks);
  }

  /** A copy of remarks, which are forgotten. */
  static Set<HistogramRemark> take(Set<HistogramRemark> remarks) {
    if (remarks.isEmpty()) {
      return Set.of();
    }
    Set<HistogramRemark> taken = EnumSet.copyOf(remarks);
    remarks.clear();
    return taken;
  }
}
