package io.varve.query.promql.function;

/**
 * The samples in each window: those of window k have the places {@code [from[k], to[k])}. Both
 * edges only move forward and look ahead in strides that double, so finding them all costs a few
 * looks per window, and never more than two for each of its samples.
 */
final class WindowEdges {
  /** First place of each window; valid until the next {@link #find}. */
  int[] from = new int[0];

  /** Place behind the last of each window. */
  int[] to = new int[0];

  private int firstStep;
  private int endStep;
  private long total;

  /** Finds them for all steps. */
  void find(Samples samples, StepWindows windows) {
    find(samples, windows, 0, windows.steps());
  }

  /** Finds them for some steps. */
  void find(Samples samples, StepWindows windows, int newFirstStep, int newEndStep) {
    firstStep = newFirstStep;
    endStep = newEndStep;
    if (from.length < windows.steps()) {
      from = new int[windows.steps()];
      to = new int[windows.steps()];
    }
    long[] times = samples.timesMillis();
    int count = samples.count();
    long stepMillis = windows.stepMillis();
    long end = windows.endMillis(firstStep);
    long start = windows.startMillis(firstStep);
    int first = 0;
    int behind = 0;
    long sum = 0;
    for (int k = firstStep; k < endStep; k++) {
      behind = firstAfter(times, behind, count, end);
      first = firstAfter(times, first, behind, start);
      from[k] = first;
      to[k] = behind;
      sum += behind - first;
      end += stepMillis;
      start += stepMillis;
    }
    total = sum;
  }

  /** The first place at or behind one whose time is after another, or the end. */
  static int firstAfter(long[] times, int place, int endPlace, long millis) {
    int low = place;
    int stride = 1;
    while (low + stride <= endPlace && times[low + stride - 1] <= millis) {
      low += stride;
      stride <<= 1;
    }
    int high = Math.min(endPlace, low + stride - 1);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= millis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Adds to each window with samples the last one before it, if it is in the lookback. */
  void anchor(Samples samples, StepWindows windows, long lookbackMillis) {
    long[] times = samples.timesMillis();
    for (int k = firstStep; k < endStep; k++) {
      int before = from[k] - 1;
      if (from[k] < to[k]
          && before >= 0
          && times[before] > windows.startMillis(k) - lookbackMillis) {
        from[k] = before;
      }
    }
  }

  /** The first step whose edges have been found. */
  int firstStep() {
    return firstStep;
  }

  /** The step behind the last whose edges have been found. */
  int endStep() {
    return endStep;
  }

  /** Samples of all windows together, those of several windows counted several times. */
  long total() {
    return total;
  }
}
