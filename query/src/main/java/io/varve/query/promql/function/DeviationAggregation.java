package io.varve.query.promql.function;

/** stdvar and stddev by Welford's method, as {@link Deviation} but without its compensation. */
final class DeviationAggregation extends Aggregation {
  private final boolean root;
  private double[] counts = new double[0];
  private double[] means = new double[0];
  private double[] squares = new double[0];

  DeviationAggregation(boolean root) {
    this.root = root;
  }

  @Override
  void clearState(int steps) {
    counts = zeros(counts, steps);
    means = zeros(means, steps);
    squares = zeros(squares, steps);
  }

  @Override
  void accumulate(StepValues series) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      if (series.isPresent(k)) {
        double delta = values[k] - means[k];
        double mean = means[k] + delta / ++counts[k];
        squares[k] += delta * (values[k] - mean);
        means[k] = mean;
      }
    }
  }

  @Override
  void finish(double[] out, StepValues seenSteps) {
    for (int k = 0; k < seenSteps.steps(); k++) {
      double variance = squares[k] / counts[k];
      out[k] = root ? Math.sqrt(variance) : variance;
    }
  }
}
