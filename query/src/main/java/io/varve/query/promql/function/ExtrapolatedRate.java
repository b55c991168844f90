package io.varve.query.promql.function;

/**
 * rate, increase and delta: the change from the first to the last sample of a window, extrapolated
 * to the window's edges as Prometheus does.
 *
 * <p>A counter's resets are found once per series. Each window adds the values before the resets
 * inside it one by one; differences of running sums would be faster where resets abound, but would
 * lose digits, and a counter seldom resets. O(samples + steps + resets in all windows).
 */
final class ExtrapolatedRate extends WindowedFunction {
  /** A gap at an edge is bridged only if it is shorter than so many mean distances. */
  private static final double BRIDGED_DISTANCES = 1.1;

  private static final double MILLIS = 1000;

  private final boolean counter;
  private final boolean perSecond;
  private final Resets resets = new Resets();

  private ExtrapolatedRate(boolean counter, boolean perSecond) {
    this.counter = counter;
    this.perSecond = perSecond;
  }

  static ExtrapolatedRate rate() {
    return new ExtrapolatedRate(true, true);
  }

  static ExtrapolatedRate increase() {
    return new ExtrapolatedRate(true, false);
  }

  static ExtrapolatedRate delta() {
    return new ExtrapolatedRate(false, false);
  }

  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    long[] times = samples.timesMillis();
    double[] values = samples.values();
    if (counter) {
      resets.find(values, samples.count());
    }
    double rangeSeconds = windows.rangeMillis() / MILLIS;
    int reset = 0;
    for (int k = 0; k < windows.steps(); k++) {
      int first = edges.from[k];
      int last = edges.to[k] - 1;
      if (last <= first) {
        continue;
      }
      double change = values[last] - values[first];
      if (counter && resets.count() > 0) {
        reset = resets.firstAfter(first, reset);
        for (int r = reset; r < resets.count() && resets.at(r) <= last; r++) {
          change += values[resets.at(r) - 1];
        }
      }
      double sampled = (times[last] - times[first]) / MILLIS;
      double meanDistance = sampled / samples.countOf(first + 1, last + 1);
      double threshold = meanDistance * BRIDGED_DISTANCES;
      double before = (times[first] - windows.startMillis(k)) / MILLIS;
      if (before >= threshold) {
        before = meanDistance / 2;
      }
      if (counter && change > 0 && values[first] >= 0) {
        double sinceZero = sampled * (values[first] / change);
        if (sinceZero < before) {
          before = sinceZero;
        }
      }
      double after = (windows.endMillis(k) - times[last]) / MILLIS;
      if (after >= threshold) {
        after = meanDistance / 2;
      }
      double factor = (sampled + before + after) / sampled;
      if (perSecond) {
        factor /= rangeSeconds;
      }
      out.set(k, change * factor);
    }
  }
}
