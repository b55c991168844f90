package io.varve.query.influxql;

import io.varve.query.QueryException;

/** Durations as InfluxQL writes them: {@code 1h30m}; units ns, u, µ, ms, s, m, h, d and w. */
public final class Durations {
  private static final long MICROSECOND = 1_000;
  private static final long MILLISECOND = 1_000 * MICROSECOND;
  private static final long SECOND = 1_000 * MILLISECOND;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long WEEK = 7 * DAY;

  private Durations() {}

  /**
   * Nanoseconds of a duration without a sign.
   *
   * @throws QueryException if it is malformed or does not fit into 64 bits
   */
  public static long parse(String text) {
    long nanos = 0;
    int at = 0;
    if (text.isEmpty()) {
      throw invalid();
    }
    while (at < text.length()) {
      int start = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      if (at == start || at == text.length()) {
        throw invalid();
      }
      String count = text.substring(start, at);
      int unitEnd = at + (text.startsWith("ns", at) || text.startsWith("ms", at) ? 2 : 1);
      String unit = text.substring(at, unitEnd);
      at = unitEnd;
      long unitNanos = unitNanos(unit);
      try {
        nanos = Math.addExact(nanos, Math.multiplyExact(Long.parseLong(count), unitNanos));
      } catch (ArithmeticException | NumberFormatException e) {
        throw new QueryException(
            "overflowed duration " + count + unit + ": choose a smaller duration or INF");
      }
    }
    return nanos;
  }

  private static long unitNanos(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "u", "µ" -> MICROSECOND;
      case "ms" -> MILLISECOND;
      case "s" -> SECOND;
      case "m" -> MINUTE;
      case "h" -> HOUR;
      case "d" -> DAY;
      case "w" -> WEEK;
      default -> throw invalid();
    };
  }

  private static QueryException invalid() {
    return new QueryException("invalid duration");
  }

  /** The duration in its largest unit that divides it: {@code 90m}, {@code 2w}, {@code 0s}. */
  public static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    if (nanos % WEEK == 0) {
      return nanos / WEEK + "w";
    }
    if (nanos % DAY == 0) {
      return nanos / DAY + "d";
    }
    if (nanos % HOUR == 0) {
      return nanos / HOUR + "h";
    }
    if (nanos % MINUTE == 0) {
      return nanos / MINUTE + "m";
    }
    if (nanos % SECOND == 0) {
      return nanos / SECOND + "s";
    }
    if (nanos % MILLISECOND == 0) {
      return nanos / MILLISECOND + "ms";
    }
    if (nanos % MICROSECOND == 0) {
      return nanos / MICROSECOND + "u";
    }
    return nanos + "ns";
  }
}
