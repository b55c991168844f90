package io.varve.query.promql.function;

import java.util.Arrays;

/** Values between samples, for selectors and ranges that are smoothed or anchored. */
public final class Interpolation {
  private Interpolation() {}

  static double at(long time, long firstTime, double first, long secondTime, double second) {
    return first + (second - first) * (time - firstTime) / (secondTime - firstTime);
  }

  /**
   * The value of an instant vector that is smoothed: that of a sample at this very time, or on the
   * line between the ones before and behind, or that of the one before if there is none behind.
   *
   * @param windows one that ends at each step and is as long as the lookback, which also counts
   *     ahead
   */
  public static void smooth(Samples samples, StepWindows windows, StepValues out) {
    out.clear(windows.steps());
    long[] times = samples.timesMillis();
    double[] values = samples.values();
    int count = samples.count();
    int next = 0;
    for (int k = 0; k < windows.steps(); k++) {
      long time = windows.endMillis(k);
      while (next < count && times[next] < time) {
        next++;
      }
      boolean before = next > 0 && times[next - 1] > windows.startMillis(k);
      if (next < count && times[next] == time) {
        out.set(k, values[next]);
      } else if (before && next < count && times[next] <= time + windows.rangeMillis()) {
        out.set(k, at(time, times[next - 1], values[next - 1], times[next], values[next]));
      } else if (before) {
        out.set(k, values[next - 1]);
      }
    }
  }

  /**
   * The samples of an extended range with one at each end of it, which takes the place of any real
   * one there. Nothing if there is no sample in the range or, smoothed, behind it.
   *
   * @param samples from a lookback before the range to its end, smoothed to a lookback behind
   */
  public static Samples extend(
      Samples samples, long startMillis, long endMillis, boolean smoothed) {
    Samples extended = new Samples();
    long[] times = samples.timesMillis();
    double[] values = samples.values();
    int last = samples.count() - 1;
    if (last < 0) {
      return extended;
    }
    int first = Math.max(0, firstAtLeast(times, last, startMillis + 1) - 1);
    if (smoothed) {
      last = firstAtLeast(times, last, endMillis);
    }
    if (times[last] <= startMillis || (smoothed && times[first] > endMillis)) {
      return extended;
    }
    boolean leftOnLine = smoothed && times[first] < startMillis;
    boolean rightOnLine = smoothed && last > 0 && times[last] > endMillis;
    extended.add(
        startMillis,
        leftOnLine
            ? at(startMillis, times[first], values[first], times[first + 1], values[first + 1])
            : values[first]);
    double right =
        rightOnLine
            ? at(endMillis, times[last - 1], values[last - 1], times[last], values[last])
            : values[last];
    int from = times[first] <= startMillis ? first + 1 : first;
    int to = times[last] >= endMillis ? last : last + 1;
    if (from < to) {
      extended.addAll(times, values, from, to);
    }
    extended.add(endMillis, right);
    return extended;
  }

  /** The first of so many places whose time is not less, or the number of places. */
  private static int firstAtLeast(long[] times, int places, long millis) {
    int found = Arrays.binarySearch(times, 0, places, millis);
    return found >= 0 ? found : -found - 1;
  }
}
