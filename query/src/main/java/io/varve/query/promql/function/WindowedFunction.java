package io.varve.query.promql.function;

/** A range function that works on the places of each window's samples. */
abstract class WindowedFunction implements RangeFunction {
  /** Samples looked at between two checks: about a millisecond. */
  private static final long SAMPLES_PER_CHECK = 1 << 20;

  private final WindowEdges edges = new WindowEdges();
  private Runnable check = () -> {};
  private long unchecked;
  private long anchorMillis;

  /** Lets each window with samples begin with the last one before, if that is not too old. */
  final WindowedFunction anchoredWithin(long lookbackMillis) {
    anchorMillis = lookbackMillis;
    return this;
  }

  @Override
  public final void checkWith(Runnable newCheck) {
    check = newCheck;
  }

  /** To be called per window by what looks at all of its samples. */
  final void looked(long samples) {
    unchecked += samples;
    if (unchecked > SAMPLES_PER_CHECK) {
      unchecked = 0;
      check.run();
    }
  }

  @Override
  public final void evaluate(
      Samples samples, StepWindows windows, double[][] parameters, StepValues out) {
    out.clear(windows.steps());
    edges.find(samples, windows);
    if (anchorMillis > 0) {
      edges.anchor(samples, windows, anchorMillis);
    }
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
