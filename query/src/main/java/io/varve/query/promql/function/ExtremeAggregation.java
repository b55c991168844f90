package io.varve.query.promql.function;

/** min and max; NaN is passed over unless there is nothing else. */
final class ExtremeAggregation extends Aggregation {
  private final boolean max;
  private double[] best = new double[0];

  ExtremeAggregation(boolean max) {
    this.max = max;
  }

  @Override
  void clearState(int places) {
    best = zeros(best, places);
  }

  @Override
  void accumulate(StepValues series, int at) {
    boolean largest = max;
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      if (series.isPresent(k)) {
        double value = values[k];
        double old = best[at + k];
        if ((largest ? value > old : value < old) || Double.isNaN(old) || !isSeen(at + k)) {
          best[at + k] = value;
        }
      }
    }
  }

  @Override
  void finish(double[] out, int at, int count) {
    System.arraycopy(best, at, out, 0, count);
  }
}
