package io.varve.query.promql.eval;

import io.varve.query.promql.PromException;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.StepWindows;
import io.varve.query.promql.histogram.HistogramRemark;
import java.util.Set;

/** A range function whose complaints about parameters are answers to the client. */
record CheckedRange(RangeFunction function) implements RangeFunction {
  @Override
  public void begin(StepWindows windows, double[][] parameters, StepValues out) {
    function.begin(windows, parameters, out);
  }

  @Override
  public void add(SampleBatch batch) {
    try {
      function.add(batch);
    } catch (IllegalArgumentException e) {
      throw failure(e);
    }
  }

  @Override
  public void finish() {
    try {
      function.finish();
    } catch (IllegalArgumentException e) {
      throw failure(e);
    }
  }

  @Override
  public void evaluate(
      Samples samples, StepWindows windows, double[][] parameters, StepValues out) {
    try {
      function.evaluate(samples, windows, parameters, out);
    } catch (IllegalArgumentException e) {
      throw failure(e);
    }
  }

  private static PromException failure(IllegalArgumentException e) {
    return new PromException(PromException.Kind.EXECUTION, String.valueOf(e.getMessage()));
  }

  @Override
  public long heldSamples() {
    return function.heldSamples();
  }

  @Override
  public Set<HistogramRemark> takeRemarks() {
    return function.takeRemarks();
  }
}
