package io.varve.query.promql.function;

import io.varve.query.promql.histogram.HistogramRemark;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * A PromQL function of a range vector, for one series at all steps: {@link #begin}, {@link #add}
 * for each batch of samples, {@link #finish}; or {@link #evaluate}, for samples that are in memory
 * anyway. An instance keeps buffers from series to series, a few arrays as long as the steps and
 * the samples of a window or two: one per thread.
 */
public interface RangeFunction {

  /** The scalar arguments of a function without any. */
  double[][] NO_PARAMETERS = {};

  /**
   * Begins a series, also where another was not finished.
   *
   * @param parameters {@code parameters[i][step]} is the i-th scalar argument, the range vector not
   *     counted
   * @param out gets a value at each step whose window gives one, by the end; cleared first, to the
   *     steps of the windows
   */
  void begin(StepWindows windows, double[][] parameters, StepValues out);

  /**
   * Takes the next samples.
   *
   * @param batch behind those before; the caller's again when this returns
   * @throws IllegalArgumentException if a parameter is out of bounds; the message is for the client
   */
  void add(SampleBatch batch);

  /**
   * Gives the values that are missing yet.
   *
   * @throws IllegalArgumentException as {@link #add}
   */
  void finish();

  /**
   * Does all for the samples of a series, which may have histograms.
   *
   * @throws IllegalArgumentException as {@link #add}
   */
  void evaluate(Samples samples, StepWindows windows, double[][] parameters, StepValues out);

  /** How many samples it has in memory. */
  default long heldSamples() {
    return 0;
  }

  /**
   * Says what to call now and then in evaluations that take long; it throws to end them. Nothing by
   * default.
   */
  default void checkWith(Runnable check) {}

  /**
   * Says whom to ask for room for histograms that are results: it is given the bytes of all results
   * of a series so far, and throws if they are too many. Nobody by default.
   */
  default void roomWith(LongConsumer room) {}

  /** What there is to say about histograms in the series since this was last asked. */
  default Set<HistogramRemark> takeRemarks() {
    return Set.of();
  }
}
