package io.varve.query.promql.function;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * count_values of one group: for each value, how many series have it at a step. Every distinct
 * value becomes a series of the result, so their number is bounded. Not thread-safe.
 */
public final class ValueCounts {
  private final int steps;
  private final int maxValues;
  private final Map<Long, StepValues> counts = new LinkedHashMap<>();

  public ValueCounts(int steps, int maxValues) {
    this.steps = steps;
    this.maxValues = maxValues;
  }

  /**
   * Takes the next series.
   *
   * @throws IllegalArgumentException if there are more distinct values than allowed
   */
  public void add(StepValues series) {
    long lastBits = 0;
    StepValues count = null;
    for (int k = 0; k < steps; k++) {
      if (series.isPresent(k)) {
        long bits = Double.doubleToLongBits(series.get(k));
        if (count == null || bits != lastBits) {
          count = countOf(bits);
          lastBits = bits;
        }
        count.set(k, count.isPresent(k) ? count.get(k) + 1 : 1);
      }
    }
  }

  private StepValues countOf(long bits) {
    StepValues count = counts.get(bits);
    if (count == null) {
      if (counts.size() >= maxValues) {
        throw new IllegalArgumentException(
            "count_values found more than " + maxValues + " distinct values in a group");
      }
      count = new StepValues(steps);
      counts.put(bits, count);
    }
    return count;
  }

  /** Calls back with the label value and the counts of each value, in the order of appearance. */
  public void forEach(BiConsumer<String, StepValues> action) {
    counts.forEach(
        (bits, count) -> action.accept(GoNumber.plain(Double.longBitsToDouble(bits)), count));
  }
}
