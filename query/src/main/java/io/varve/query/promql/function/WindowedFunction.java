package io.varve.query.promql.function;

/** A range function that works on the places of each window's samples. */
abstract class WindowedFunction implements RangeFunction {
  private final WindowEdges edges = new WindowEdges();

  @Override
  public final void evaluate(
      Samples samples, StepWindows windows, double[][] parameters, StepValues out) {
    out.clear(windows.steps());
    edges.find(samples, windows);
    if (edges.total() > 0) {
      evaluate(samples, windows, edges, parameters, out);
    }
  }

  /** At least one window has a sample; {@code out} is clear. */
  abstract void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out);
}
