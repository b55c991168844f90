package io.varve.query.promql.function;

/**
 * The mean of values: their compensated sum by their number, or, from the value on at which the sum
 * overflows, a compensated running mean.
 */
final class CompensatedMean {
  private double sum;
  private double lost;
  private long count;
  private boolean running;

  void add(double value) {
    count++;
    if (count == 1) {
      sum = value;
      return;
    }
    if (!running) {
      double rounded = sum + value;
      if (!Double.isInfinite(rounded)) {
        lost += CompensatedSum.lost(sum, value, rounded);
        sum = rounded;
        return;
      }
      running = true;
      sum /= count - 1;
      lost /= count - 1;
    }
    double kept = (count - 1.0) / count;
    double part = value / count;
    double mean = kept * sum;
    double rounded = mean + part;
    lost = Double.isInfinite(rounded) ? 0 : kept * lost + CompensatedSum.lost(mean, part, rounded);
    sum = rounded;
  }

  /** The mean of at least one value. */
  double mean() {
    return running ? sum + lost : sum / count + lost / count;
  }

  static double of(double[] values, int from, int to) {
    long whole = CompensatedSum.ofWholeNumbers(values, from, to);
    if (whole != CompensatedSum.NOT_WHOLE) {
      return (double) whole / (to - from);
    }
    CompensatedMean mean = new CompensatedMean();
    for (int i = from; i < to; i++) {
      mean.add(values[i]);
    }
    return mean.mean();
  }
}
