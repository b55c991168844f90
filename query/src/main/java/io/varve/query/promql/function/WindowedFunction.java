package io.varve.query.promql.function;

/**
 * A range function that works on the places of each window's samples. Of a series that comes batch
 * by batch it keeps the samples of the windows that are not complete yet, and evaluates those that
 * are when as many samples as were left the last time have come: each sample is moved about once,
 * and two windows and a few batches are in memory at most.
 */
abstract class WindowedFunction implements RangeFunction {
  /** Samples looked at between two checks: about a millisecond. */
  private static final long SAMPLES_PER_CHECK = 1 << 20;

  /** Fewer samples are not worth evaluating windows for. */
  private static final int MIN_SAMPLES = 1 << 14;

  private final WindowEdges edges = new WindowEdges();
  private final Samples kept = new Samples();
  private Runnable check = () -> {};
  private long unchecked;
  private StepWindows windows = new StepWindows(0, 0, 1, 1);
  private double[][] parameters = NO_PARAMETERS;
  private StepValues out = new StepValues();

  /** Steps that have been evaluated. */
  private int done;

  /** Samples to be kept before the next evaluation. */
  private int enough;

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
  public final void begin(StepWindows newWindows, double[][] newParameters, StepValues newOut) {
    windows = newWindows;
    parameters = newParameters;
    out = newOut;
    out.clear(windows.steps());
    kept.clear();
    done = 0;
    enough = MIN_SAMPLES;
  }

  @Override
  public final void add(SampleBatch batch) {
    kept.append(batch);
    if (kept.count() >= enough) {
      evaluate(kept, windows.stepsEndingBefore(kept.lastMillis()));
      kept.removeFirst(
          done == windows.steps()
              ? kept.count()
              : WindowEdges.firstAfter(
                  kept.timesMillis(), 0, kept.count(), windows.startMillis(done)));
      enough = MIN_SAMPLES + 2 * kept.count();
    }
  }

  @Override
  public final void finish() {
    evaluate(kept, windows.steps());
    kept.clear();
  }

  @Override
  public final long heldSamples() {
    return kept.count();
  }

  @Override
  public final void evaluate(
      Samples samples, StepWindows newWindows, double[][] newParameters, StepValues newOut) {
    begin(newWindows, newParameters, newOut);
    evaluate(samples, windows.steps());
  }

  private void evaluate(Samples samples, int endStep) {
    if (endStep > done) {
      edges.find(samples, windows, done, endStep);
      if (edges.total() > 0) {
        evaluate(samples, windows, edges, parameters, out);
      }
      done = endStep;
    }
  }

  /**
   * Sets the values of the steps whose edges have been found; at least one of their windows has a
   * sample.
   */
  abstract void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out);
}
