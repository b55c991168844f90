package io.varve.query.promql.function;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An aggregation of PromQL for one output group: takes the series of the group one after another
 * and keeps a few numbers per step (quantile, all values). To be used again after {@link #clear}.
 * Not thread-safe.
 */
public abstract class Aggregation {
  private final StepValues seen = new StepValues();

  /** Forgets all series and sets the number of steps. */
  public void clear(int steps) {
    seen.clear(steps);
    clearState(steps);
  }

  /** Takes a series of as many steps as the aggregation has. */
  public final void add(StepValues series) {
    int steps = seen.steps();
    if (series.steps() != steps) {
      throw new IllegalStateException(
          "a series of " + series.steps() + " steps in an aggregation of " + steps);
    }
    accumulate(series);
    seen.addPresence(series);
  }

  /** Sets the result at each step at which any series had a value. */
  public final void finish(StepValues out) {
    out.clear(seen.steps());
    out.addPresence(seen);
    finish(out.values(), seen);
  }

  /**
   * A new aggregation, or null if the name is of none that gives one value per group and step.
   *
   * @param parameter the quantile at each step, used by {@code quantile} only
   */
  public static @Nullable Aggregation create(String name, double[] parameter) {
    return switch (name) {
      case "sum" -> new SumAggregation();
      case "avg" -> new MeanAggregation();
      case "min" -> new ExtremeAggregation(false);
      case "max" -> new ExtremeAggregation(true);
      case "count" -> new CountAggregation(false);
      case "group" -> new CountAggregation(true);
      case "stddev" -> new DeviationAggregation(true);
      case "stdvar" -> new DeviationAggregation(false);
      case "quantile" -> new QuantileAggregation(parameter);
      default -> null;
    };
  }

  abstract void clearState(int steps);

  abstract void accumulate(StepValues series);

  /** Writes the results; steps that no series was present at may get anything. */
  abstract void finish(double[] out, StepValues seenSteps);

  /** Whether any series before had a value at a step. */
  final boolean isSeen(int step) {
    return seen.isPresent(step);
  }

  /** An array of zeros of at least so many places, the one given if it is long enough. */
  static double[] zeros(double[] array, int steps) {
    if (array.length < steps) {
      return new double[steps];
    }
    Arrays.fill(array, 0, steps, 0);
    return array;
  }
}
