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
  void clearState(int steps) {
    counts = zeros(counts, steps);
  }

  @Override
  void accumulate(StepValues series) {
    long[] present = series.presence();
    for (int k = 0; k < series.steps(); k++) {
      counts[k] += present[k >>> 6] >>> k & 1;
    }
  }

  @Override
  void finish(double[] out, StepValues seenSteps) {
    if (group) {
      Arrays.fill(out, 0, seenSteps.steps(), 1);
    } else {
      System.arraycopy(counts, 0, out, 0, seenSteps.steps());
    }
  }
}
