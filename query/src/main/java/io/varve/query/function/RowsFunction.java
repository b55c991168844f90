package io.varve.query.function;

import io.varve.storage.model.FieldType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The functions that read the rows of a window in the order of time and may answer with any number
 * of rows.
 */
public enum RowsFunction {
  DISTINCT,
  TOP,
  BOTTOM,
  SAMPLE,
  INTEGRAL,
  PERCENTILE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The function of that name in lower case, or null; percentile is mostly an aggregate. */
  public static @Nullable RowsFunction of(String name) {
    for (RowsFunction function : values()) {
      if (function != PERCENTILE && function.label().equals(name)) {
        return function;
      }
    }
    return null;
  }

  /** The name in statements. */
  public String label() {
    return label;
  }

  public boolean accepts(FieldType type) {
    return this == DISTINCT
        || this == SAMPLE
        || (type != FieldType.STRING && type != FieldType.BOOLEAN);
  }

  /** The type of the result for values of a type it {@link #accepts}. */
  public FieldType resultType(FieldType input) {
    return this == INTEGRAL ? FieldType.FLOAT : input;
  }

  /** Whether the rows are points with times of their own, not only values of a window. */
  public boolean keepsTimes(boolean windowed) {
    return switch (this) {
      case TOP, BOTTOM, SAMPLE -> true;
      case PERCENTILE -> !windowed;
      case DISTINCT, INTEGRAL -> false;
    };
  }
}
