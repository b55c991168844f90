package io.varve.query.promql.function;

import io.varve.query.promql.histogram.HistogramRemark;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * A PromQL function of a range vector, for one series at all steps. An instance keeps buffers from
 * call to call, a few arrays as long as the samples and the steps it has seen: one per thread, to
 * be used for series after series.
 */
public interface RangeFunction {

  /** The scalar arguments of a function without any. */
  double[][] NO_PARAMETERS = {};

  /**
   * Sets a value at each step whose window gives one.
   *
   * @param parameters {@code parameters[i][step]} is the i-th scalar argument, the range vector not
   *     counted
   * @param out cleared first, to the steps of the windows
   * @throws IllegalArgumentException if a parameter is out of bounds; the message is for the client
   */
  void evaluate(Samples samples, StepWindows windows, double[][] parameters, StepValues out);

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
