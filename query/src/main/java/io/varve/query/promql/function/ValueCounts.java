package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * count_values of one group: for each value, how many series have it at a step. Every distinct
 * value becomes a series of the result, so there must be room for it. Not thread-safe.
 */
public final class ValueCounts {
  private final int steps;
  private final Runnable room;
  private final Map<Long, StepValues> counts = new LinkedHashMap<>();
  private final Map<String, StepValues> histogramCounts = new LinkedHashMap<>();

  /**
   * Counts of nothing yet.
   *
   * @param room called before counts of a new value are allocated; throws if there is no room
   */
  public ValueCounts(int steps, Runnable room) {
    this.steps = steps;
    this.room = room;
  }

  /** Takes the next series. */
  public void add(StepValues series) {
    long lastBits = 0;
    StepValues count = null;
    for (int k = 0; k < steps; k++) {
      FloatHistogram histogram = series.isPresent(k) ? series.histogram(k) : null;
      if (histogram != null) {
        increment(countOf(HistogramText.of(histogram, GoNumber::general)), k);
      } else if (series.isPresent(k)) {
        long bits = Double.doubleToLongBits(series.get(k));
        if (count == null || bits != lastBits) {
          count = countOf(bits);
          lastBits = bits;
        }
        increment(count, k);
      }
    }
  }

  private static void increment(StepValues count, int step) {
    count.set(step, count.isPresent(step) ? count.get(step) + 1 : 1);
  }

  private StepValues countOf(String histogram) {
    return histogramCounts.computeIfAbsent(
        histogram,
        text -> {
          room.run();
          return new StepValues(steps);
        });
  }

  private StepValues countOf(long bits) {
    StepValues count = counts.get(bits);
    if (count == null) {
      room.run();
      count = new StepValues(steps);
      counts.put(bits, count);
    }
    return count;
  }

  /** Calls back with the label value and the counts of each value, in the order of appearance. */
  public void forEach(BiConsumer<String, StepValues> action) {
    counts.forEach(
        (bits, count) -> action.accept(GoNumber.plain(Double.longBitsToDouble(bits)), count));
    histogramCounts.forEach(action);
  }
}
