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
      double firstPerChange =
          counter && change > 0 && values[first] >= 0
              ? values[first] / change
              : Double.POSITIVE_INFINITY;
      double factor =
          Extrapolation.factor(
              times,
              first,
              last,
              samples.countOf(first + 1, last + 1),
              windows.startMillis(k),
              windows.endMillis(k),
              firstPerChange);
      if (perSecond) {
        factor /= rangeSeconds;
      }
      out.set(k, change * factor);
    }
  }
}
