package io.varve.query.promql.function;

import io.varve.query.ShortestDecimal;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Doubles as texts, as Go formats them: the fewest digits that read back as the same value. */
public final class GoNumber {
  private static final int MIN_JSON_POWER = -6;
  private static final int MIN_GENERAL_POWER = -4;
  private static final int END_JSON_POWER = 21;
  private static final int END_GENERAL_POWER = 6;

  private GoNumber() {}

  /** Never with an exponent; the label value of count_values. */
  public static String plain(double value) {
    return format(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** With an exponent below 1e-6 and from 1e21 on; the values of the HTTP API. */
  public static String json(double value) {
    return format(value, MIN_JSON_POWER, END_JSON_POWER);
  }

  /** With an exponent below 1e-4 and from 1e6 on; numbers inside of messages ({@code %v}). */
  public static String general(double value) {
    return format(value, MIN_GENERAL_POWER, END_GENERAL_POWER);
  }

  /**
   * As {@link #general}, but with at least one digit behind the point if there is no exponent; the
   * values of labels like {@code quantile}.
   */
  public static String openMetrics(double value) {
    String text = general(value);
    boolean whole = text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
    return whole ? text + ".0" : text;
  }

  /** Plain if the power of ten of the first digit is in {@code [minPower, endPower)}. */
  private static String format(double value, int minPower, int endPower) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
    if (value == 0) {
      return sign + "0";
    }
    ShortestDecimal decimal = new ShortestDecimal();
    decimal.find(Math.abs(value));
    String digits = Long.toString(decimal.digits());
    int power = decimal.exponent() + digits.length() - 1;
    if (power >= minPower && power < endPower) {
      BigInteger unscaled = BigInteger.valueOf(decimal.digits());
      return sign + new BigDecimal(unscaled, -decimal.exponent()).toPlainString();
    }
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    int size = Math.abs(power);
    return sign
        + digits.charAt(0)
        + fraction
        + (power < 0 ? "e-" : "e+")
        + (size < 10 ? "0" : "")
        + size;
  }
}
