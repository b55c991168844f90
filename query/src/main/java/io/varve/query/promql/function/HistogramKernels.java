package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.ResetDetection;
import org.jspecify.annotations.Nullable;

/** The range functions that know histograms, by their PromQL names. */
final class HistogramKernels {
  private static final double MILLIS = 1000;

  private HistogramKernels() {}

  /** The kernel of a function; null if it passes histograms over. */
  static @Nullable HistogramKernel byName(String name) {
    return switch (name) {
      case "rate" -> new HistogramRate(true, true);
      case "increase" -> new HistogramRate(true, false);
      case "delta" -> new HistogramRate(false, false);
      case "irate" -> new HistogramInstantRate(true);
      case "idelta" -> new HistogramInstantRate(false);
      case "sum_over_time" -> HistogramTotals::sum;
      case "avg_over_time" -> HistogramTotals::mean;
      case "last_over_time" -> (window, out, step) -> pick(window, window.to() - 1, out, step);
      case "first_over_time" -> (window, out, step) -> pick(window, window.from(), out, step);
      case "count_over_time" -> (window, out, step) -> out.set(step, window.size());
      case "present_over_time" -> (window, out, step) -> out.set(step, 1);
      case "resets" -> (window, out, step) -> out.set(step, resets(window));
      case "changes" -> (window, out, step) -> out.set(step, changes(window));
      case "ts_of_first_over_time" ->
          (window, out, step) -> out.set(step, window.timeMillis(window.from()) / MILLIS);
      case "ts_of_last_over_time" ->
          (window, out, step) -> out.set(step, window.timeMillis(window.to() - 1) / MILLIS);
      default -> null;
    };
  }

  /** The newest sample, unless that marks the series as stale. */
  static HistogramKernel newest(RangeFunctions.Newest wanted) {
    return (window, out, step) -> {
      int last = window.to() - 1;
      boolean histogram = window.histogram(last) != null;
      if (!histogram && StaleMarker.is(window.value(last))) {
        return;
      }
      switch (wanted) {
        case VALUE -> pick(window, last, out, step);
        case TIME -> out.set(step, window.timeMillis(last) / MILLIS);
        case TIME_OF_FLOAT ->
            out.set(step, histogram ? Double.NaN : window.timeMillis(last) / MILLIS);
      }
    };
  }

  private static void pick(HistogramWindow window, int place, StepValues out, int step) {
    FloatHistogram histogram = window.histogram(place);
    if (histogram == null) {
      out.set(step, window.value(place));
    } else {
      out.set(step, histogram);
    }
  }

  /** A change between float and histogram is a reset. */
  private static int resets(HistogramWindow window) {
    int resets = 0;
    for (int i = window.from() + 1; i < window.to(); i++) {
      FloatHistogram current = window.histogram(i);
      FloatHistogram before = window.histogram(i - 1);
      boolean reset;
      if (current != null && before != null) {
        reset = ResetDetection.isReset(current, before);
      } else {
        reset = current != null || before != null || window.value(i) < window.value(i - 1);
      }
      resets += reset ? 1 : 0;
    }
    return resets;
  }

  private static int changes(HistogramWindow window) {
    int changes = 0;
    for (int i = window.from() + 1; i < window.to(); i++) {
      FloatHistogram current = window.histogram(i);
      FloatHistogram before = window.histogram(i - 1);
      boolean changed;
      if (current != null && before != null) {
        changed = !current.sameAs(before);
      } else if (current == null && before == null) {
        changed =
            window.value(i) != window.value(i - 1)
                && !(Double.isNaN(window.value(i)) && Double.isNaN(window.value(i - 1)));
      } else {
        changed = true;
      }
      changes += changed ? 1 : 0;
    }
    return changes;
  }
}
