package io.varve.query.promql.function;

/** A range function that looks at all samples of a series at once, and so keeps them. */
abstract class WholeSeries implements RangeFunction {
  private final Samples kept = new Samples();
  private StepWindows windows = new StepWindows(0, 0, 1, 1);
  private double[][] parameters = NO_PARAMETERS;
  private StepValues out = new StepValues();

  @Override
  public final void begin(StepWindows newWindows, double[][] newParameters, StepValues newOut) {
    windows = newWindows;
    parameters = newParameters;
    out = newOut;
    kept.clear();
  }

  @Override
  public final void add(SampleBatch batch) {
    kept.append(batch);
  }

  @Override
  public final void finish() {
    evaluate(kept, windows, parameters, out);
  }

  @Override
  public final long heldSamples() {
    return kept.count();
  }
}
