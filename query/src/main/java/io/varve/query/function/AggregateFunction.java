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
  LAST(true);

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
      default -> null;
    };
  }

  /** Whether the result is the value of one point, which has a time. */
  public boolean isSelector() {
    return selector;
  }

  public boolean accepts(FieldType type) {
    return switch (this) {
      case COUNT, FIRST, LAST -> true;
      case MIN, MAX -> type != FieldType.STRING;
      case SUM, MEAN -> type != FieldType.STRING && type != FieldType.BOOLEAN;
    };
  }

  /** The type of the result for values of a type it {@link #accepts}. */
  public FieldType resultType(FieldType input) {
    return switch (this) {
      case COUNT -> FieldType.INTEGER;
      case MEAN -> FieldType.FLOAT;
      default -> input;
    };
  }

  /**
   * New state for values of a type it {@link #accepts}.
   *
   * @param keepsTime whether a selector's point time is wanted
   */
  public Accumulator accumulator(FieldType input, boolean keepsTime) {
    return switch (this) {
      case COUNT -> new CountAccumulator();
      case SUM -> SumAccumulator.of(input, false);
      case MEAN -> SumAccumulator.of(input, true);
      case MIN -> new SelectorAccumulator(SelectorAccumulator.Choice.MIN, input, keepsTime);
      case MAX -> new SelectorAccumulator(SelectorAccumulator.Choice.MAX, input, keepsTime);
      case FIRST -> new SelectorAccumulator(SelectorAccumulator.Choice.FIRST, input, keepsTime);
      case LAST -> new SelectorAccumulator(SelectorAccumulator.Choice.LAST, input, keepsTime);
    };
  }
}
