package io.varve.query.promql;

/** Durations as Prometheus writes them: {@code 1h30m}. */
public final class Durations {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1
  };

  /** Prometheus counts nanoseconds in 64 bits. */
  private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;

  private Durations() {}

  /**
   * The length in milliseconds; at most some 292 years.
   *
   * @throws IllegalArgumentException if it is none, in Prometheus' words
   */
  public static long parseMillis(String text) {
    if (text.equals("0")) {
      return 0;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty duration string");
    }
    long millis = 0;
    int lastUnit = -1;
    int at = 0;
    while (at < text.length()) {
      int digits = run(text, at, true);
      int end = run(text, digits, false);
      if (digits == at || end == digits) {
        throw invalid(text);
      }
      String unitText = text.substring(digits, end);
      int unit = unit(unitText);
      if (unit < 0) {
        throw new IllegalArgumentException(
            "unknown unit " + Quoting.quote(unitText) + " in duration " + Quoting.quote(text));
      }
      if (unit <= lastUnit) {
        throw invalid(text);
      }
      millis += product(text, at, digits, MILLIS[unit]);
      if (millis > MAX_MILLIS) {
        throw new IllegalArgumentException("duration out of range");
      }
      lastUnit = unit;
      at = end;
    }
    return millis;
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("not a valid duration string: " + Quoting.quote(text));
  }

  private static int run(String text, int from, boolean ofDigits) {
    int at = from;
    while (at < text.length() && Lexer.isDigit(text.charAt(at)) == ofDigits) {
      at++;
    }
    return at;
  }

  private static int unit(String text) {
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(text)) {
        return i;
      }
    }
    return -1;
  }

  private static long product(String text, int from, int to, long unitMillis) {
    long value;
    try {
      value = Long.parseLong(text, from, to, 10);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(invalid(text).getMessage(), e);
    }
    if (value > MAX_MILLIS / unitMillis) {
      throw new IllegalArgumentException("duration out of range");
    }
    return value * unitMillis;
  }

  /** Years and weeks only if nothing smaller is left, since 90d reads better than 12w6d. */
  public static String format(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    if (millis < 0) {
      out.append('-');
    }
    // The absolute value of Long.MIN_VALUE does not exist; lengths end long before.
    long rest = Math.abs(millis);
    for (int i = 0; i < UNITS.length; i++) {
      boolean exactOnly = i < 2;
      if (!exactOnly || rest % MILLIS[i] == 0) {
        long count = rest / MILLIS[i];
        if (count > 0) {
          out.append(count).append(UNITS[i]);
          rest -= count * MILLIS[i];
        }
      }
    }
    return out.toString();
  }
}
