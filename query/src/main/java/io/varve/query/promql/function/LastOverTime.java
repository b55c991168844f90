package io.varve.query.promql.function;

/** The newest sample of each window. */
final class LastOverTime extends WindowedFunction {
  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    double[] values = samples.values();
    for (int k = 0; k < windows.steps(); k++) {
      if (edges.to[k] > edges.from[k]) {
        out.set(k, values[edges.to[k] - 1]);
      }
    }
  }
}
