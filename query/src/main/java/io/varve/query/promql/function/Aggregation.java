package io.varve.query.promql.function;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An aggregation of PromQL for some output groups: takes the series of the groups one after another
 * and keeps a few numbers per step of each group (quantile, all values), those of a group side by
 * side: many groups of few steps are a few arrays. To be used again after {@link #clear}. Not
 * thread-safe.
 */
public abstract class Aggregation {
  private final StepValues seen = new StepValues();
  private int steps;

  /** Forgets all series and sets the number of steps of a single group. */
  public final void clear(int newSteps) {
    clear(newSteps, 1);
  }

  /** Forgets all series and sets the numbers of groups, and of steps of each. */
  public final void clear(int newSteps, int groups) {
    steps = newSteps;
    seen.clear(newSteps * groups);
    clearState(newSteps * groups);
  }

  /** Takes a series of as many steps as the aggregation has, of the only group. */
  public final void add(StepValues series) {
    add(0, series);
  }

  /** Takes a series of as many steps as the aggregation has. */
  public final void add(int group, StepValues series) {
    if (series.steps() != steps) {
      throw new IllegalStateException(
          "a series of " + series.steps() + " steps in an aggregation of " + steps);
    }
    int at = group * steps;
    accumulate(series, at);
    seen.addPresence(series, at);
  }

  /** Sets the result of the only group at each step at which any series had a value. */
  public final void finish(StepValues out) {
    finish(0, out);
  }

  /** Sets the result of a group at each step at which any of its series had a value. */
  public final void finish(int group, StepValues out) {
    int at = group * steps;
    out.clear(steps);
    out.copyPresence(seen, at);
    finish(out.values(), at, steps);
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

  /**
   * Sets all places to what they are before any series.
   *
   * @param places steps of all groups together
   */
  abstract void clearState(int places);

  /** Takes a series whose first step has a place, and the others those behind it. */
  abstract void accumulate(StepValues series, int at);

  /** Writes the results from a place on; where no series was present there may be anything. */
  abstract void finish(double[] out, int at, int count);

  /** Whether any series before had a value at a place. */
  final boolean isSeen(int place) {
    return seen.isPresent(place);
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
