package io.varve.query.promql.function;

/** What a range function makes of a window with histograms in it. */
@FunctionalInterface
interface HistogramKernel {
  /**
   * Sets the value of a step, if there is one.
   *
   * @param out what the function of floats made of the floats of the window is removed already
   */
  void apply(HistogramWindow window, StepValues out, int step);
}
