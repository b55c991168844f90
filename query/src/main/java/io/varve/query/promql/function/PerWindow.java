package io.varve.query.promql.function;

/** Runs a kernel over every window that has samples. */
final class PerWindow extends WindowedFunction {
  private final WindowKernel kernel;

  PerWindow(WindowKernel kernel) {
    this.kernel = kernel;
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
      looked(to - from);
      if (from < to) {
        out.set(k, kernel.apply(times, values, from, to));
      }
    }
  }
}
