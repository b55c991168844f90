package io.varve.query.promql.function;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the label {@code le} of a classic bucket as Go reads floats. */
public final class BucketBound {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][+-]?\\d{1,9})?");

  private static final Pattern HEXADECIMAL =
      Pattern.compile(
          "[+-]?0[xX]([0-9a-fA-F]++(\\.[0-9a-fA-F]*+)?|\\.[0-9a-fA-F]++)[pP][+-]?\\d{1,9}");

  private static final Pattern INFINITE = Pattern.compile("[+-]?inf(inity)?");

  private BucketBound() {}

  /** The bound, or null for what is no number, NaN or beyond the range of a double. */
  public static @Nullable Double parse(String text) {
    if (INFINITE.matcher(text.toLowerCase(Locale.ROOT)).matches()) {
      return text.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (!DECIMAL.matcher(text).matches() && !HEXADECIMAL.matcher(text).matches()) {
      return null;
    }
    double value = Double.parseDouble(text);
    return Double.isInfinite(value) ? null : Double.valueOf(value);
  }
}
