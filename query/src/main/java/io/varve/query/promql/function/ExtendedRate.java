package io.varve.query.promql.function;

/**
 * rate, increase and delta of ranges that are anchored or smoothed: the change between values at
 * both ends of a window, without extrapolation.
 *
 * <p>Anchored, the value at the beginning is that of the last sample before it (or the first one in
 * the window), and the value at the end that of the last sample. Smoothed, both lie on lines
 * between the samples around them; a line across a reset of a counter begins at zero. Samples count
 * up to a lookback beyond the window. O(samples + steps + resets in all windows).
 */
final class ExtendedRate {
  private static final double MILLIS = 1000;

  private final boolean counter;
  private final boolean perSecond;
  private final boolean smoothed;
  private final long lookbackMillis;
  private final WindowEdges edges = new WindowEdges();
  private final SampleBatch batch = new SampleBatch();
  private final Resets resets = new Resets();

  ExtendedRate(boolean counter, boolean perSecond, boolean smoothed, long lookbackMillis) {
    this.counter = counter;
    this.perSecond = perSecond;
    this.smoothed = smoothed;
    this.lookbackMillis = lookbackMillis;
  }

  void evaluate(Samples samples, StepWindows windows, StepValues out) {
    out.clear(windows.steps());
    edges.find(samples, windows);
    if (counter) {
      resets.clear();
      batch.set(samples.timesMillis(), samples.values(), samples.count());
      resets.find(batch, 0, 0);
    }
    int reset = 0;
    for (int k = 0; k < windows.steps(); k++) {
      int first = firstPlace(samples, windows.startMillis(k), edges.from[k]);
      int last = lastPlace(samples, windows.endMillis(k), edges.to[k], first);
      if (last < first || samples.timesMillis()[last] <= windows.startMillis(k)) {
        continue;
      }
      if (smoothed && samples.timesMillis()[first] > windows.endMillis(k)) {
        continue;
      }
      reset = resets.firstBehind(edges.from[k], reset);
      double change = change(samples, windows, k, first, last, reset);
      out.set(k, perSecond ? change / (windows.rangeMillis() / MILLIS) : change);
    }
  }

  /** The last sample at or before the beginning of the window; if there is none, the next one. */
  int firstPlace(Samples samples, long startMillis, int from) {
    return from > 0 && samples.timesMillis()[from - 1] > startMillis - lookbackMillis
        ? from - 1
        : from;
  }

  /** The last sample in the window, or smoothed the first one at its end or behind. */
  int lastPlace(Samples samples, long endMillis, int to, int first) {
    long[] times = samples.timesMillis();
    boolean atEnd = to > first && times[to - 1] == endMillis;
    boolean next = to < samples.count() && times[to] <= endMillis + lookbackMillis;
    return smoothed && !atEnd && next ? to : to - 1;
  }

  private double change(
      Samples samples, StepWindows windows, int step, int first, int last, int reset) {
    long[] times = samples.timesMillis();
    double[] values = samples.values();
    long start = windows.startMillis(step);
    long end = windows.endMillis(step);
    double left =
        smoothed && times[first] < start ? at(start, times, values, first) : values[first];
    double right =
        smoothed && last > first && times[last] > end
            ? at(end, times, values, last - 1)
            : values[last];
    double change = right - left;
    if (!counter) {
      return change;
    }
    // What lies at the ends or beyond is already in the values at the ends.
    int inner = times[first] <= start ? first + 1 : first;
    int behind = times[last] >= end ? last : last + 1;
    if (inner >= behind) {
      return right < left ? change + left : change;
    }
    if (values[inner] < left) {
      change += left;
    }
    for (int r = reset; r < resets.count() && resets.samplesBefore(r) < behind; r++) {
      change += resets.valueBefore(r);
    }
    return right < values[behind - 1] ? change + values[behind - 1] : change;
  }

  /** The value at a time between two samples. */
  private double at(long timeMillis, long[] times, double[] values, int place) {
    return Interpolation.at(
        timeMillis,
        times[place],
        counter && values[place + 1] < values[place] ? 0 : values[place],
        times[place + 1],
        values[place + 1]);
  }
}
