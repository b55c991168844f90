package io.varve.query.promql.function;

import java.util.Arrays;

/**
 * A bag of doubles in ascending order, NaN before all others, for quantiles. Single values can be
 * added and removed (a binary search and a move of the rest) or all given at once and sorted.
 */
final class SortedValues {
  private double[] numbers = new double[64];
  private int count;
  private int nans;

  void clear() {
    count = 0;
    nans = 0;
  }

  int size() {
    return count + nans;
  }

  /** Replaces the values by those at the places {@code [from, to)}. */
  void setAll(double[] values, int from, int to) {
    clear();
    reserve(to - from);
    for (int i = from; i < to; i++) {
      append(values[i]);
    }
    sort();
  }

  /** Replaces the values by their distances from a point. */
  void toDistancesFrom(double point) {
    int length = count;
    count = 0;
    for (int i = 0; i < length; i++) {
      append(Math.abs(numbers[i] - point));
    }
    sort();
  }

  /** Adds a value out of order; {@link #sort} must follow. */
  void append(double value) {
    if (Double.isNaN(value)) {
      nans++;
    } else {
      reserve(count + 1);
      numbers[count++] = value;
    }
  }

  void sort() {
    Arrays.sort(numbers, 0, count);
  }

  void add(double value) {
    if (Double.isNaN(value)) {
      nans++;
      return;
    }
    reserve(count + 1);
    int found = Arrays.binarySearch(numbers, 0, count, value);
    int place = found < 0 ? -found - 1 : found;
    System.arraycopy(numbers, place, numbers, place + 1, count - place);
    numbers[place] = value;
    count++;
  }

  /** Removes one value that is there. */
  void remove(double value) {
    if (Double.isNaN(value)) {
      nans--;
      return;
    }
    int place = Arrays.binarySearch(numbers, 0, count, value);
    count--;
    System.arraycopy(numbers, place + 1, numbers, place, count - place);
  }

  /**
   * The quantile by linear interpolation between the neighbours of rank {@code q * (size - 1)}; NaN
   * if there are no values or q is NaN, and an infinity if q is outside of 0 to 1.
   */
  double quantile(double q) {
    int size = size();
    if (size == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    double rank = q * (size - 1);
    double floor = Math.floor(rank);
    int lower = (int) floor;
    int upper = Math.min(size - 1, lower + 1);
    double weight = rank - floor;
    return at(lower) * (1 - weight) + at(upper) * weight;
  }

  private double at(int rank) {
    return rank < nans ? Double.NaN : numbers[rank - nans];
  }

  private void reserve(int capacity) {
    if (capacity > numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(capacity, numbers.length * 2));
    }
  }
}
