package io.varve.query.promql.function;

import java.util.Arrays;

/** count, and group, which is 1 wherever a series has a value. */
final class CountAggregation extends Aggregation {
  private final boolean group;
  private double[] counts = new double[0];

  CountAggregation(boolean group) {
    this.group = group;
  }

  @Override
  void clearState(int places) {
    counts = zeros(counts, places);
  }

  @Override
  void accumulate(StepValues series, int at) {
    long[] present = series.presence();
    for (int k = 0; k < series.steps(); k++) {
      counts[at + k] += present[k >>> 6] >>> k & 1;
    }
  }

  @Override
  void finish(double[] out, int at, int count) {
    if (group) {
      Arrays.fill(out, 0, count, 1);
    } else {
      System.arraycopy(counts, at, out, 0, count);
    }
  }
}
