package io.varve.query.promql.function;

/**
 * deriv and predict_linear: the line of least squares through a window's samples, with compensated
 * sums. The sums count time from a point of each window, so nothing is shared between windows:
 * accuracy goes before speed.
 */
final class Regression extends WindowedFunction {
  private static final double MILLIS = 1000;

  private final boolean predict;
  private double slope;
  private double intercept;

  private Regression(boolean predict) {
    this.predict = predict;
  }

  static Regression deriv() {
    return new Regression(false);
  }

  /**
   * The first parameter is how many seconds ahead; the second, the evaluation times in seconds,
   * from which that counts. It may be left out if they are the ends of the windows (no offset, no
   * {@code @}).
   */
  static Regression predictLinear() {
    return new Regression(true);
  }

  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    long[] times = samples.timesMillis();
    double[] values = samples.values();
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      int from = edges.from[k];
      int to = edges.to[k];
      if (to - from < 2) {
        continue;
      }
      looked(to - from);
      if (predict) {
        long origin =
            parameters.length > 1 ? Math.round(parameters[1][k] * MILLIS) : windows.endMillis(k);
        fit(times, values, from, to, origin);
        out.set(k, slope * parameters[0][k] + intercept);
      } else {
        fit(times, values, from, to, times[from]);
        out.set(k, slope);
      }
    }
  }

  private void fit(long[] times, double[] values, int from, int to, long origin) {
    if (isConstant(values, from, to)) {
      boolean infinite = Double.isInfinite(values[from]);
      slope = infinite ? Double.NaN : 0;
      intercept = infinite ? Double.NaN : values[from];
      return;
    }
    CompensatedSum sumX = new CompensatedSum();
    CompensatedSum sumY = new CompensatedSum();
    CompensatedSum sumXy = new CompensatedSum();
    CompensatedSum sumXx = new CompensatedSum();
    for (int i = from; i < to; i++) {
      double x = (times[i] - origin) / MILLIS;
      sumX.add(x);
      sumY.add(values[i]);
      sumXy.add(x * values[i]);
      sumXx.add(x * x);
    }
    double n = to - from;
    double x = sumX.total();
    double y = sumY.total();
    double covariance = sumXy.total() - x * y / n;
    double variance = sumXx.total() - x * x / n;
    slope = covariance / variance;
    intercept = y / n - slope * x / n;
  }

  private static boolean isConstant(double[] values, int from, int to) {
    double first = values[from];
    for (int i = from + 1; i < to; i++) {
      if (values[i] != first) {
        return false;
      }
    }
    return true;
  }
}
