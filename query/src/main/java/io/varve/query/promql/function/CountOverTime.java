package io.varve.query.promql.function;

/** The number of samples in each window. */
final class CountOverTime extends WindowedFunction {
  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    for (int k = 0; k < windows.steps(); k++) {
      if (edges.from[k] < edges.to[k]) {
        out.set(k, (double) samples.countOf(edges.from[k], edges.to[k]));
      }
    }
  }
}
