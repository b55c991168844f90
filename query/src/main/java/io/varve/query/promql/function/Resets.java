package io.varve.query.promql.function;

import java.util.Arrays;

/** The places of the samples that are lower than the one before, ascending. */
final class Resets {
  private int[] places = new int[16];
  private int count;

  void find(double[] values, int length) {
    count = 0;
    for (int i = 1; i < length; i++) {
      if (values[i] < values[i - 1]) {
        if (count == places.length) {
          places = Arrays.copyOf(places, count * 2);
        }
        places[count++] = i;
      }
    }
  }

  int count() {
    return count;
  }

  int at(int index) {
    return places[index];
  }

  /** Index of the first reset at a place above the given one, looked for from a given index on. */
  int firstAfter(int place, int startIndex) {
    int index = startIndex;
    while (index < count && places[index] <= place) {
      index++;
    }
    return index;
  }
}
