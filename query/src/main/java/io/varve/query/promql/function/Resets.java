package io.varve.query.promql.function;

import java.util.Arrays;

/**
 * The samples of a series that are lower than the one before: how many samples came before each,
 * and the value of the last of those. Those that no window needs any more are forgotten.
 */
final class Resets {
  private long[] samplesBefore = new long[16];
  private double[] valuesBefore = new double[16];
  private int count;

  void clear() {
    count = 0;
  }

  /** Adds those of a batch. */
  void find(SampleBatch batch, long seen, double lastValue) {
    double[] values = batch.values();
    if (seen > 0 && values[0] < lastValue) {
      add(seen, lastValue);
    }
    int length = batch.count();
    if (batch.isRising()) {
      return;
    }
    for (int i = 1; i < length; i++) {
      if (values[i] < values[i - 1]) {
        add(seen + i, values[i - 1]);
      }
    }
  }

  private void add(long before, double value) {
    if (count == samplesBefore.length) {
      samplesBefore = Arrays.copyOf(samplesBefore, count * 2);
      valuesBefore = Arrays.copyOf(valuesBefore, count * 2);
    }
    samplesBefore[count] = before;
    valuesBefore[count++] = value;
  }

  int count() {
    return count;
  }

  /** Forgets those in front of an index. */
  void removeBefore(int index) {
    System.arraycopy(samplesBefore, index, samplesBefore, 0, count - index);
    System.arraycopy(valuesBefore, index, valuesBefore, 0, count - index);
    count -= index;
  }

  long samplesBefore(int index) {
    return samplesBefore[index];
  }

  double valueBefore(int index) {
    return valuesBefore[index];
  }

  /**
   * Index of the first reset behind so many samples and the one after them, looked for from a given
   * index on.
   */
  int firstBehind(long samples, int startIndex) {
    int index = startIndex;
    while (index < count && samplesBefore[index] <= samples) {
      index++;
    }
    return index;
  }
}
