package io.varve.query.promql.function;

/**
 * quantile_over_time, whose first parameter is the quantile, and mad_over_time. The window is kept
 * sorted from step to step where most of its samples stay, else sorted anew.
 */
final class QuantileOverTime extends WindowedFunction {
  /** Adding to a sorted window moves half of it, which is faster than looking at it. */
  private static final int SAMPLES_MOVED_AT_ONCE = 16;

  private final boolean medianDeviation;
  private final SortedValues window = new SortedValues();

  private QuantileOverTime(boolean medianDeviation) {
    this.medianDeviation = medianDeviation;
  }

  static QuantileOverTime quantile() {
    return new QuantileOverTime(false);
  }

  /** The median of the absolute distances from the median. */
  static QuantileOverTime medianDeviation() {
    return new QuantileOverTime(true);
  }

  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    double[] values = samples.values();
    if (medianDeviation) {
      for (int k = edges.firstStep(); k < edges.endStep(); k++) {
        if (edges.from[k] < edges.to[k]) {
          looked(edges.to[k] - edges.from[k]);
          window.setAll(values, edges.from[k], edges.to[k]);
          window.toDistancesFrom(window.quantile(0.5));
          out.set(k, window.quantile(0.5));
        }
      }
      return;
    }
    int from = 0;
    int to = 0;
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      int newFrom = edges.from[k];
      int newTo = edges.to[k];
      if (newFrom == newTo) {
        continue;
      }
      looked(newTo - newFrom);
      moveWindow(values, from, to, newFrom, newTo);
      from = newFrom;
      to = newTo;
      out.set(k, window.quantile(parameters[0][k]));
    }
  }

  private void moveWindow(double[] values, int from, int to, int newFrom, int newTo) {
    int moved = (newFrom - from) + (newTo - to);
    if (2 * moved > newTo - newFrom) {
      window.setAll(values, newFrom, newTo);
      return;
    }
    for (int i = from; i < newFrom; i++) {
      looked(window.size() / SAMPLES_MOVED_AT_ONCE);
      window.remove(values[i]);
    }
    for (int i = to; i < newTo; i++) {
      looked(window.size() / SAMPLES_MOVED_AT_ONCE);
      window.add(values[i]);
    }
  }
}
