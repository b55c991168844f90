package io.varve.query.promql.histogram;

import java.util.Arrays;

/**
 * Sums of buckets, each with what rounding took from it (Neumaier's variant of Kahan's algorithm).
 * Grows to all indexes seen. Not thread-safe.
 */
final class Cells {
  private int[] indexes = new int[0];
  private double[] sums = new double[0];
  private double[] lost = new double[0];
  private int size;

  /** What {@code sum + value}, rounded to {@code rounded}, is short of the exact sum. */
  static double lost(double sum, double value, double rounded) {
    if (Double.isInfinite(rounded)) {
      return 0;
    }
    return Math.abs(sum) >= Math.abs(value) ? (sum - rounded) + value : (value - rounded) + sum;
  }

  void clear() {
    size = 0;
  }

  void add(Buckets buckets) {
    makeRoom(buckets);
    int cell = 0;
    for (int i = 0; i < buckets.size(); i++) {
      cell = find(buckets.index(i), cell);
      double rounded = sums[cell] + buckets.count(i);
      lost[cell] += lost(sums[cell], buckets.count(i), rounded);
      sums[cell] = rounded;
    }
  }

  /** Whether adding would make a sum infinite. */
  boolean overflowsWith(Buckets buckets) {
    makeRoom(buckets);
    int cell = 0;
    for (int i = 0; i < buckets.size(); i++) {
      cell = find(buckets.index(i), cell);
      if (Double.isInfinite(sums[cell] + buckets.count(i))) {
        return true;
      }
    }
    return false;
  }

  void times(double factor) {
    for (int i = 0; i < size; i++) {
      sums[i] *= factor;
      lost[i] *= factor;
    }
  }

  /** The cell of an index that has one, looked for from a given cell on. */
  private int find(int index, int from) {
    int cell = from;
    while (indexes[cell] != index) {
      cell++;
    }
    return cell;
  }

  /** Adds empty cells for the buckets that have none. */
  private void makeRoom(Buckets buckets) {
    int missing = 0;
    int cell = 0;
    for (int i = 0; i < buckets.size(); i++) {
      while (cell < size && indexes[cell] < buckets.index(i)) {
        cell++;
      }
      missing += cell < size && indexes[cell] == buckets.index(i) ? 0 : 1;
    }
    if (missing > 0) {
      merge(buckets, size + missing);
    }
  }

  /** From the last cell to the first, in place if the arrays are long enough. */
  private void merge(Buckets buckets, int newSize) {
    if (newSize > indexes.length) {
      int capacity = Math.max(newSize, indexes.length + (indexes.length >> 1));
      indexes = Arrays.copyOf(indexes, capacity);
      sums = Arrays.copyOf(sums, capacity);
      lost = Arrays.copyOf(lost, capacity);
    }
    int from = size - 1;
    int bucket = buckets.size() - 1;
    for (int to = newSize - 1; to >= 0; to--) {
      if (bucket >= 0 && (from < 0 || indexes[from] < buckets.index(bucket))) {
        indexes[to] = buckets.index(bucket--);
        sums[to] = 0;
        lost[to] = 0;
      } else {
        if (bucket >= 0 && indexes[from] == buckets.index(bucket)) {
          bucket--;
        }
        indexes[to] = indexes[from];
        sums[to] = sums[from];
        lost[to] = lost[from--];
      }
    }
    size = newSize;
  }

  /** The sums, corrected. */
  Buckets total() {
    double[] totals = new double[size];
    for (int i = 0; i < size; i++) {
      totals[i] = Double.isInfinite(sums[i]) ? sums[i] : sums[i] + lost[i];
    }
    return Buckets.of(indexes, totals, size);
  }
}
