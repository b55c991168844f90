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
  void clearState(int places) {
    counts = zeros(counts, places);
    means = zeros(means, places);
    squares = zeros(squares, places);
  }

  @Override
  void accumulate(StepValues series, int at) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      if (series.isPresent(k)) {
        int place = at + k;
        double delta = values[k] - means[place];
        double mean = means[place] + delta / ++counts[place];
        squares[place] += delta * (values[k] - mean);
        means[place] = mean;
      }
    }
  }

  @Override
  void finish(double[] out, int at, int count) {
    for (int k = 0; k < count; k++) {
      double variance = squares[at + k] / counts[at + k];
      out[k] = root ? Math.sqrt(variance) : variance;
    }
  }
}
