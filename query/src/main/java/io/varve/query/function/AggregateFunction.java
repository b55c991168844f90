package io.varve.query.function;

import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/** The aggregate functions by name: which types they take and how they are computed. */
public enum AggregateFunction {
  COUNT(false),
  SUM(false),
  MEAN(false),
  MIN(true),
  MAX(true),
  FIRST(true),
  LAST(true),
  MEDIAN(false),
  MODE(false),
  SPREAD(false),
  STDDEV(false),
  COUNT_DISTINCT(false),
  PERCENTILE(true),
  SUM_HLL(false);

  private final boolean selector;

  AggregateFunction(boolean selector) {
    this.selector = selector;
  }

  /** The function of that name in lower case, or null. */
  public static @Nullable AggregateFunction of(String name) {
    return switch (name) {
      case "count" -> COUNT;
      case "sum" -> SUM;
      case "mean" -> MEAN;
      case "min" -> MIN;
      case "max" -> MAX;
      case "first" -> FIRST;
      case "last" -> LAST;
      case "median" -> MEDIAN;
      case "mode" -> MODE;
      case "spread" -> SPREAD;
      case "stddev" -> STDDEV;
      case "percentile" -> PERCENTILE;
      case "sum_hll" -> SUM_HLL;
      default -> null;
    };
  }

  /** Whether the result is the value of one point, which has a time. */
  public boolean isSelector() {
    return selector;
  }

  /** Whether statistics of a chunk may stand for its values. */
  public boolean startsFromStats() {
    return switch (this) {
      case MEDIAN, MODE, STDDEV, COUNT_DISTINCT, PERCENTILE, SUM_HLL -> false;
      default -> true;
    };
  }

  /** Whether the result for no values at all is 0. */
  public boolean countsNothing() {
    return this == COUNT || this == COUNT_DISTINCT;
  }

  public boolean accepts(FieldType type) {
    return switch (this) {
      case COUNT, COUNT_DISTINCT, FIRST, LAST, MODE, SUM_HLL -> true;
      case MIN, MAX -> type != FieldType.STRING;
      default -> type != FieldType.STRING && type != FieldType.BOOLEAN;
    };
  }

  /** The type of the result for values of a type it {@link #accepts}. */
  public FieldType resultType(FieldType input) {
    return switch (this) {
      case COUNT, COUNT_DISTINCT -> FieldType.INTEGER;
      case MEAN, MEDIAN, STDDEV -> FieldType.FLOAT;
      case SUM_HLL -> FieldType.STRING;
      default -> input;
    };
  }

  /**
   * New state for values of a type it {@link #accepts}.
   *
   * @param parameter what the function takes beside the field; 0 without
   * @param keepsTime whether a selector's point time is wanted
   * @param memory where functions that keep values get room for them
   */
  public Accumulator accumulator(
      FieldType input, double parameter, boolean keepsTime, StateMemory memory) {
    return switch (this) {
      case COUNT -> new CountAccumulator();
      case SUM -> SumAccumulator.of(input, false);
      case MEAN -> SumAccumulator.of(input, true);
      case MIN ->
          keepsTime
              ? new SelectorAccumulator(SelectorAccumulator.Choice.MIN, input)
              : ExtremeAccumulator.of(input, false);
      case MAX ->
          keepsTime
              ? new SelectorAccumulator(SelectorAccumulator.Choice.MAX, input)
              : ExtremeAccumulator.of(input, true);
      case FIRST -> new SelectorAccumulator(SelectorAccumulator.Choice.FIRST, input);
      case LAST -> new SelectorAccumulator(SelectorAccumulator.Choice.LAST, input);
      case MEDIAN -> new CollectedFunctions.Median(input, memory);
      case MODE -> new CollectedFunctions.Mode(input, memory);
      case SPREAD -> new SpreadAccumulator(input);
      case STDDEV -> new DeviationAccumulator(input);
      case COUNT_DISTINCT -> new CollectedFunctions.CountDistinct(input, memory);
      case PERCENTILE -> new CollectedFunctions.Percentile(input, parameter, keepsTime, memory);
      case SUM_HLL -> new SketchAccumulator(input, memory);
    };
  }
}
