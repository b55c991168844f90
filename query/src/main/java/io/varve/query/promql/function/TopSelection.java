package io.varve.query.promql.function;

import java.util.Arrays;

/**
 * topk and bottomk of one group: at each step the k series with the largest (smallest) values. NaN
 * is farther away than any number; of equal values, the series added first wins. Keeps a heap of at
 * most k values per step, its root the value to go next, so that a series that never was among them
 * costs nothing. Not thread-safe.
 */
public final class TopSelection {
  private final boolean largest;
  private final long[] limits;
  private final int[] sizes;
  private final double[][] values;
  private final int[][] series;

  /**
   * Starts without series.
   *
   * @param k how many at each step; see {@link StepParameters#toCounts}
   */
  public TopSelection(boolean largest, long[] k) {
    this.largest = largest;
    limits = k;
    sizes = new int[k.length];
    values = new double[k.length][0];
    series = new int[k.length][0];
  }

  /**
   * Takes the next series.
   *
   * @param ordinal above those of the series before
   */
  public void add(int ordinal, StepValues stepValues) {
    for (int k = 0; k < limits.length; k++) {
      if (!stepValues.isPresent(k) || limits[k] < 1) {
        continue;
      }
      double value = stepValues.get(k);
      if (sizes[k] < limits[k]) {
        push(k, value, ordinal);
      } else if (precedes(value, ordinal, values[k][0], series[k][0])) {
        values[k][0] = value;
        series[k][0] = ordinal;
        sink(k, 0);
      }
    }
  }

  /** Ordinals of the series selected at any step, ascending. */
  public int[] selected() {
    int total = 0;
    for (int size : sizes) {
      total += size;
    }
    int[] all = new int[total];
    int n = 0;
    for (int k = 0; k < sizes.length; k++) {
      System.arraycopy(series[k], 0, all, n, sizes[k]);
      n += sizes[k];
    }
    return Arrays.stream(all).sorted().distinct().toArray();
  }

  /**
   * Sets the values of the selected series.
   *
   * @param ordinals what {@link #selected} returned
   * @param out as many, cleared first
   */
  public void finish(int[] ordinals, StepValues[] out) {
    for (StepValues one : out) {
      one.clear(limits.length);
    }
    for (int k = 0; k < sizes.length; k++) {
      for (int i = 0; i < sizes[k]; i++) {
        out[Arrays.binarySearch(ordinals, series[k][i])].set(k, values[k][i]);
      }
    }
  }

  /** Ordinals of the series selected at one step, the best first. */
  public int[] ranking(int step) {
    int count = sizes[step];
    int[] ranked = new int[count];
    for (int left = count; left > 0; left--) {
      ranked[left - 1] = series[step][0];
      sizes[step] = left - 1;
      swap(step, 0, left - 1);
      sink(step, 0);
    }
    sizes[step] = count;
    restore(step);
    return ranked;
  }

  private void restore(int step) {
    for (int i = sizes[step] / 2 - 1; i >= 0; i--) {
      sink(step, i);
    }
  }

  private void push(int step, double value, int ordinal) {
    int size = sizes[step];
    if (size == values[step].length) {
      int capacity = (int) Math.min(limits[step], Math.max(4, size * 2L));
      values[step] = Arrays.copyOf(values[step], capacity);
      series[step] = Arrays.copyOf(series[step], capacity);
    }
    values[step][size] = value;
    series[step][size] = ordinal;
    sizes[step]++;
    int child = size;
    while (child > 0) {
      int parent = (child - 1) / 2;
      if (!leavesBefore(step, child, parent)) {
        return;
      }
      swap(step, child, parent);
      child = parent;
    }
  }

  private void sink(int step, int from) {
    int parent = from;
    while (true) {
      int child = 2 * parent + 1;
      if (child >= sizes[step]) {
        return;
      }
      if (child + 1 < sizes[step] && leavesBefore(step, child + 1, child)) {
        child++;
      }
      if (!leavesBefore(step, child, parent)) {
        return;
      }
      swap(step, child, parent);
      parent = child;
    }
  }

  private boolean leavesBefore(int step, int i, int j) {
    return precedes(values[step][j], series[step][j], values[step][i], series[step][i]);
  }

  /** Whether the first of two comes before the second in the result. */
  private boolean precedes(double value, int ordinal, double other, int otherOrdinal) {
    if (largest ? value > other : value < other) {
      return true;
    }
    if (largest ? value < other : value > other) {
      return false;
    }
    boolean nan = Double.isNaN(value);
    return nan == Double.isNaN(other) ? ordinal < otherOrdinal : !nan;
  }

  private void swap(int step, int i, int j) {
    double value = values[step][i];
    values[step][i] = values[step][j];
    values[step][j] = value;
    int ordinal = series[step][i];
    series[step][i] = series[step][j];
    series[step][j] = ordinal;
  }
}
