package io.varve.query.catalog;

import java.math.BigDecimal;

/** Durations as Go prints them, which is how InfluxDB shows those of retention policies. */
public final class GoDuration {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private GoDuration() {}

  /** For example {@code 168h0m0s}, {@code 30m0s}, {@code 1.5s}, {@code 18µs}, {@code 0s}. */
  public static String format(long nanos) {
    if (nanos > 0 && nanos < SECOND_NANOS) {
      int digits = nanos < 1_000 ? 0 : nanos < 1_000_000 ? 3 : 6;
      String unit = digits == 0 ? "ns" : digits == 3 ? "µs" : "ms";
      return BigDecimal.valueOf(nanos, digits).stripTrailingZeros().toPlainString() + unit;
    }
    long seconds = nanos / SECOND_NANOS;
    StringBuilder text = new StringBuilder();
    if (seconds >= 3600) {
      text.append(seconds / 3600).append('h');
    }
    if (seconds >= 60) {
      text.append(seconds / 60 % 60).append('m');
    }
    BigDecimal rest = BigDecimal.valueOf(seconds % 60 * SECOND_NANOS + nanos % SECOND_NANOS, 9);
    return text.append(rest.signum() == 0 ? "0" : rest.stripTrailingZeros().toPlainString())
        .append('s')
        .toString();
  }
}
