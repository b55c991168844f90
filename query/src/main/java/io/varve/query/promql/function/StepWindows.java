package io.varve.query.promql.function;

/**
 * The windows of a range selector, one per step: window k is {@code (end(k) - range, end(k)]} with
 * {@code end(k) = firstEnd + k * step}. Offsets and {@code @} are already applied to the first end;
 * a step of 0 repeats one window.
 *
 * @param steps number of windows, at least 1
 */
public record StepWindows(long firstEndMillis, long stepMillis, int steps, long rangeMillis) {

  public StepWindows {
    if (steps < 1 || stepMillis < 0 || rangeMillis <= 0) {
      throw new IllegalArgumentException(
          "windows need a step of at least 0 ms, at least 1 step and a range above 0 ms: "
              + stepMillis
              + ", "
              + steps
              + ", "
              + rangeMillis);
    }
  }

  /** The last instant that belongs to the window. */
  public long endMillis(int step) {
    return firstEndMillis + step * stepMillis;
  }

  /** The last instant before the window. */
  public long startMillis(int step) {
    return endMillis(step) - rangeMillis;
  }

  /** How many windows end before a time. */
  int stepsEndingBefore(long millis) {
    return stepsBefore(millis, firstEndMillis);
  }

  /** How many windows begin before a time, which belongs to them if they do not end before it. */
  int stepsBeginningBefore(long millis) {
    return stepsBefore(millis, firstEndMillis - rangeMillis);
  }

  private int stepsBefore(long millis, long firstEdgeMillis) {
    if (millis <= firstEdgeMillis) {
      return 0;
    }
    if (stepMillis == 0) {
      return steps;
    }
    return (int) Math.min(steps, (millis - firstEdgeMillis - 1) / stepMillis + 1);
  }
}
