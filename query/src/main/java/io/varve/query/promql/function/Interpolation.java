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
  static void smooth(Samples samples, StepWindows windows, StepValues out) {
    out.clear(windows.steps());
    long[] times = samples.timesMillis();
    int count = samples.count();
    int next = 0;
    for (int k = 0; k < windows.steps(); k++) {
      long time = windows.endMillis(k);
      while (next < count && times[next] < time) {
        next++;
      }
      boolean before = next > 0 && times[next - 1] > windows.startMillis(k);
      if (next < count && times[next] == time) {
        HistogramLine.put(samples, next, out, k);
      } else if (before && next < count && times[next] <= time + windows.rangeMillis()) {
        line(samples, next - 1, time, out, k);
      } else if (before) {
        HistogramLine.put(samples, next - 1, out, k);
      }
    }
  }

  /** Sets the value between a sample and the next. */
  private static void line(Samples samples, int place, long time, StepValues out, int step) {
    if (samples.histogram(place) != null || samples.histogram(place + 1) != null) {
      HistogramLine.put(samples, place, time, out, step);
      return;
    }
    long[] times = samples.timesMillis();
    double[] values = samples.values();
    out.set(step, at(time, times[place], values[place], times[place + 1], values[place + 1]));
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
    addEdge(samples, first, startMillis, leftOnLine, extended);
    int from = times[first] <= startMillis ? first + 1 : first;
    int to = times[last] >= endMillis ? last : last + 1;
    for (int i = from; i < to; i++) {
      extended.put(times[i], samples, i);
    }
    addEdge(samples, rightOnLine ? last - 1 : last, endMillis, rightOnLine, extended);
    return extended;
  }

  /** Adds the value of a sample, or of the line from it to the next, as that of another time. */
  private static void addEdge(
      Samples samples, int place, long timeMillis, boolean onLine, Samples extended) {
    if (onLine) {
      StepValues value = new StepValues(1);
      line(samples, place, timeMillis, value, 0);
      extended.put(timeMillis, value, 0);
    } else {
      extended.put(timeMillis, samples, place);
    }
  }

  /** The first of so many places whose time is not less, or the number of places. */
  private static int firstAtLeast(long[] times, int places, long millis) {
    int found = Arrays.binarySearch(times, 0, places, millis);
    return found >= 0 ? found : -found - 1;
  }
}
