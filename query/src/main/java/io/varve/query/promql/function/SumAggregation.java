package io.varve.query.promql.function;

/** Compensated sums; see {@link CompensatedSum}. */
final class SumAggregation extends Aggregation {
  private double[] sums = new double[0];
  private double[] lost = new double[0];

  @Override
  void clearState(int steps) {
    sums = zeros(sums, steps);
    lost = zeros(lost, steps);
  }

  @Override
  void accumulate(StepValues series) {
    double[] values = series.values();
    int steps = series.steps();
    if (series.isFull()) {
      for (int k = 0; k < steps; k++) {
        add(k, values[k]);
      }
      return;
    }
    for (int k = 0; k < steps; k++) {
      if (series.isPresent(k)) {
        add(k, values[k]);
      }
    }
  }

  /** Knuth's branch-free form of the same loss, which vectorises. */
  private void add(int step, double value) {
    double sum = sums[step];
    double rounded = sum + value;
    double added = rounded - sum;
    lost[step] += (sum - (rounded - added)) + (value - added);
    sums[step] = rounded;
  }

  @Override
  void finish(double[] out, StepValues seenSteps) {
    for (int k = 0; k < seenSteps.steps(); k++) {
      out[k] = CompensatedSum.total(sums[k], lost[k]);
    }
  }
}
