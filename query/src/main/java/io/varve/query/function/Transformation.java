package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function that turns a run of values into another, value by value: what it says of a row depends
 * on that row and those before it.
 *
 * <p>Rows come in output order, block by block; the state between blocks is of constant size. Rows
 * without a value are passed over. For one thread.
 */
public abstract class Transformation {
  /** The transformations by name: which types they take and give. */
  public enum Kind {
    DERIVATIVE,
    NON_NEGATIVE_DERIVATIVE,
    DIFFERENCE,
    NON_NEGATIVE_DIFFERENCE,
    MOVING_AVERAGE,
    CUMULATIVE_SUM,
    ELAPSED,
    EXPONENTIAL_MOVING_AVERAGE,
    DOUBLE_EXPONENTIAL_MOVING_AVERAGE,
    TRIPLE_EXPONENTIAL_MOVING_AVERAGE,
    RELATIVE_STRENGTH_INDEX,
    TRIPLE_EXPONENTIAL_DERIVATIVE,
    KAUFMANS_EFFICIENCY_RATIO,
    KAUFMANS_ADAPTIVE_MOVING_AVERAGE,
    CHANDE_MOMENTUM_OSCILLATOR,
    COUNT_HLL;

    private static final Map<String, Kind> BY_LABEL = byLabel();

    private final String label = name().toLowerCase(Locale.ROOT);

    private static Map<String, Kind> byLabel() {
      Map<String, Kind> kinds = new HashMap<>();
      for (Kind kind : values()) {
        kinds.put(kind.label, kind);
      }
      return kinds;
    }

    /** The kind of that name in lower case, or null. */
    public static @Nullable Kind of(String name) {
      return BY_LABEL.get(name);
    }

    /** The name in statements. */
    public String label() {
      return label;
    }

    public boolean accepts(FieldType type) {
      if (this == COUNT_HLL) {
        return type == FieldType.STRING;
      }
      return this == ELAPSED || (type != FieldType.STRING && type != FieldType.BOOLEAN);
    }

    /** The type of the result for values of a type it {@link #accepts}. */
    public FieldType resultType(FieldType input) {
      return switch (this) {
        case DIFFERENCE, NON_NEGATIVE_DIFFERENCE, CUMULATIVE_SUM -> input;
        case ELAPSED -> FieldType.INTEGER;
        case COUNT_HLL -> FieldType.UNSIGNED;
        default -> FieldType.FLOAT;
      };
    }

    /** Whether windows before the range are read, so that the first one in it has a value. */
    public boolean looksBack() {
      return this != CUMULATIVE_SUM && this != COUNT_HLL;
    }

    /** Whether the second argument is a unit of time. */
    public boolean hasUnit() {
      return this == DERIVATIVE || this == NON_NEGATIVE_DERIVATIVE || this == ELAPSED;
    }
  }

  /**
   * What a call says beside its input.
   *
   * @param number the unit in nanoseconds, or the number of values looked at; 0 without
   * @param hold how many values give no result at first; -1 for the default of the function
   * @param warmup how averages start: "exponential", "simple", "none", or null for the default
   */
  public record Parameters(long number, int hold, @Nullable String warmup) {}

  /** A new function for values of a type that its kind accepts. */
  public static Transformation of(
      Kind kind, Parameters parameters, FieldType input, boolean descending) {
    return switch (kind) {
      case DERIVATIVE, NON_NEGATIVE_DERIVATIVE ->
          new Differences.Derivative(
              input, parameters.number(), kind == Kind.NON_NEGATIVE_DERIVATIVE, descending);
      case DIFFERENCE, NON_NEGATIVE_DIFFERENCE ->
          Differences.of(input, kind == Kind.NON_NEGATIVE_DIFFERENCE);
      case MOVING_AVERAGE -> new RunningFunctions.MovingAverage(input, (int) parameters.number());
      case CUMULATIVE_SUM -> new RunningFunctions.CumulativeSum(input);
      case ELAPSED -> new RunningFunctions.Elapsed(parameters.number());
      case COUNT_HLL -> new SketchCount();
      default -> new Smoothing(input, kind, parameters);
    };
  }

  /** The type of the results. */
  public abstract FieldType type();

  /** Forgets everything: another series begins. */
  public abstract void begin();

  /** Bytes of state, at most; to be asked before the function is made. */
  public static long stateBytes(Kind kind, Parameters parameters) {
    long kept =
        switch (kind) {
          case MOVING_AVERAGE,
              KAUFMANS_EFFICIENCY_RATIO,
              KAUFMANS_ADAPTIVE_MOVING_AVERAGE,
              CHANDE_MOMENTUM_OSCILLATOR ->
              Math.min(Integer.MAX_VALUE, parameters.number());
          default -> 0;
        };
    return 2L * Long.BYTES * (kept + 1);
  }

  /**
   * Transforms the rows of a block.
   *
   * @param in of the type the function was made for
   * @param into has so many rows, all without values
   */
  public final void apply(long[] timesNanos, int rows, Column in, Vector into) {
    if (in.isAbsent()) {
      return;
    }
    long[] presence = in.presence();
    for (int row = 0; row < rows; row++) {
      if (Bitmap.get(presence, row)) {
        next(timesNanos[row], in, row, into);
      }
    }
  }

  /** Takes the value of a row and writes the result of that row, if there is one. */
  protected abstract void next(long timestampNanos, Column in, int row, Vector into);

  /** A number as a double. */
  static double asDouble(Column in, int row) {
    return switch (in.type()) {
      case FLOAT -> in.doubles()[row];
      case UNSIGNED -> Numbers.unsignedToDouble(in.longs()[row]);
      default -> in.longs()[row];
    };
  }
}
