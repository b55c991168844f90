package io.varve.query.promql.function;

/** min and max; NaN is passed over unless there is nothing else. */
final class ExtremeAggregation extends Aggregation {
  private final boolean max;
  private double[] best = new double[0];

  ExtremeAggregation(boolean max) {
    this.max = max;
  }

  @Override
  void clearState(int steps) {
    best = zeros(best, steps);
  }

  @Override
  void accumulate(StepValues series) {
    boolean largest = max;
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      if (series.isPresent(k)) {
        double value = values[k];
        double old = best[k];
        if ((largest ? value > old : value < old) || Double.isNaN(old) || !isSeen(k)) {
          best[k] = value;
        }
      }
    }
  }

  @Override
  void finish(double[] out, StepValues seenSteps) {
    System.arraycopy(best, 0, out, 0, seenSteps.steps());
  }
}
