package io.varve.query.promql;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as Go reads and writes them. */
final class Numbers {
  private static final Pattern DECIMAL =
      Pattern.compile("(?:[0-9]++\\.?[0-9]*+|\\.[0-9]++)(?:[eE][+-]?[0-9]++)?");

  private Numbers() {}

  /**
   * The value of a number token: an integer with base prefix (0x, or 0 for octal), or a decimal.
   *
   * @throws IllegalArgumentException if the token is none, in Go's words
   */
  static double parse(String token) {
    String lower = token.toLowerCase(Locale.ROOT);
    if (lower.equals("inf")) {
      return Double.POSITIVE_INFINITY;
    }
    if (lower.equals("nan")) {
      return Double.NaN;
    }
    if (!underscoresSeparateDigits(lower)) {
      throw invalid(token, "invalid syntax");
    }
    String plain = lower.replace("_", "");
    try {
      if (plain.startsWith("0x")) {
        return Long.parseLong(plain, 2, plain.length(), 16);
      }
      if (plain.length() > 1 && plain.chars().allMatch(c -> c >= '0' && c <= '7')) {
        return plain.startsWith("0") ? Long.parseLong(plain, 8) : decimal(token, plain);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(invalid(token, "invalid syntax").getMessage(), e);
    }
    return decimal(token, plain);
  }

  /** An underscore may also follow the prefix 0x. */
  private static boolean underscoresSeparateDigits(String lower) {
    for (int i = lower.indexOf('_'); i >= 0; i = lower.indexOf('_', i + 1)) {
      boolean afterPrefix = i == 2 && lower.startsWith("0x");
      boolean afterDigit = i > 0 && Character.digit(lower.charAt(i - 1), 16) >= 0;
      boolean beforeDigit = i + 1 < lower.length() && Character.digit(lower.charAt(i + 1), 16) >= 0;
      if (!(afterPrefix || afterDigit) || !beforeDigit) {
        return false;
      }
    }
    return true;
  }

  private static double decimal(String token, String plain) {
    if (!DECIMAL.matcher(plain).matches()) {
      throw invalid(token, "invalid syntax");
    }
    double value = Double.parseDouble(plain);
    if (Double.isInfinite(value)) {
      throw invalid(token, "value out of range");
    }
    return value;
  }

  private static IllegalArgumentException invalid(String token, String reason) {
    return new IllegalArgumentException(
        "strconv.ParseFloat: parsing " + Quoting.quote(token) + ": " + reason);
  }

  /** Six digits behind the point. */
  static String formatFixed(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%f", value) : format(value);
  }

  /** The shortest digits that give the number back, without an exponent. */
  static String format(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    return shortest(value).toPlainString();
  }

  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
  }
}
