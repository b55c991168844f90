package io.varve.query.promql.function;

import java.util.Locale;

/**
 * double_exponential_smoothing (once holt_winters): a level and a trend, each of which follows the
 * samples of the window by its factor, the two parameters.
 */
final class DoubleExponentialSmoothing extends WindowedFunction {
  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      if (edges.from[k] == edges.to[k]) {
        continue;
      }
      looked(edges.to[k] - edges.from[k]);
      double levelFactor = parameters[0][k];
      double trendFactor = parameters[1][k];
      check("smoothing", levelFactor);
      check("trend", trendFactor);
      if (edges.to[k] - edges.from[k] >= 2) {
        out.set(k, smooth(samples.values(), edges.from[k], edges.to[k], levelFactor, trendFactor));
      }
    }
  }

  private static double smooth(
      double[] values, int from, int to, double levelFactor, double trendFactor) {
    double before = 0;
    double level = values[from];
    double trend = values[from + 1] - values[from];
    for (int i = from + 1; i < to; i++) {
      if (i > from + 1) {
        trend = trendFactor * (level - before) + (1 - trendFactor) * trend;
      }
      double next = levelFactor * values[i] + (1 - levelFactor) * (level + trend);
      before = level;
      level = next;
    }
    return level;
  }

  private static void check(String what, double factor) {
    if (factor <= 0 || factor >= 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "invalid %s factor. Expected: 0 < %cf < 1, got: %f",
              what,
              what.charAt(0),
              factor));
    }
  }
}
