package io.varve.query.promql.function;

/** Compensated sums; see {@link CompensatedSum}. */
final class SumAggregation extends Aggregation {
  private double[] sums = new double[0];
  private double[] lost = new double[0];

  @Override
  void clearState(int places) {
    sums = zeros(sums, places);
    lost = zeros(lost, places);
  }

  @Override
  void accumulate(StepValues series, int at) {
    double[] values = series.values();
    int steps = series.steps();
    if (series.isFull()) {
      for (int k = 0; k < steps; k++) {
        add(at + k, values[k]);
      }
      return;
    }
    for (int k = 0; k < steps; k++) {
      if (series.isPresent(k)) {
        add(at + k, values[k]);
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
  void finish(double[] out, int at, int count) {
    for (int k = 0; k < count; k++) {
      out[k] = CompensatedSum.total(sums[at + k], lost[at + k]);
    }
  }
}
