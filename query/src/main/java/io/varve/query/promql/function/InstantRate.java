package io.varve.query.promql.function;

/** irate and idelta: the change between the last two samples of a window. */
final class InstantRate extends WindowedFunction {
  private static final double MILLIS = 1000;

  private final boolean counter;

  /** irate if true (a drop is a reset, the result is per second), else idelta. */
  InstantRate(boolean counter) {
    this.counter = counter;
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
    for (int k = 0; k < windows.steps(); k++) {
      int last = edges.to[k] - 1;
      if (last <= edges.from[k]) {
        continue;
      }
      long distance = times[last] - times[last - 1];
      if (distance == 0) {
        continue;
      }
      double value = values[last];
      double before = values[last - 1];
      if (!counter) {
        out.set(k, value - before);
      } else {
        double change = value < before ? value : value - before;
        out.set(k, change / (distance / MILLIS));
      }
    }
  }
}
