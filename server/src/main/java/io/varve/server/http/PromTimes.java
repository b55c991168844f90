package io.varve.server.http;

import io.varve.query.promql.Durations;
import io.varve.query.promql.PromException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Times and durations as parameters of Prometheus' API have them. */
final class PromTimes {
  private static final BigDecimal MILLIS_PER_SECOND = BigDecimal.valueOf(1000);

  private PromTimes() {}

  /**
   * Milliseconds since the epoch of Unix seconds or an RFC 3339 time; what does not fit becomes the
   * nearest that does.
   */
  static long parseTime(String name, String text) {
    try {
      return millis(new BigDecimal(text));
    } catch (NumberFormatException notANumber) {
      try {
        Instant instant = OffsetDateTime.parse(text).toInstant();
        return millis(
            BigDecimal.valueOf(instant.getEpochSecond())
                .add(BigDecimal.valueOf(instant.getNano(), 9)));
      } catch (DateTimeException e) {
        throw bad(name, "cannot parse \"" + text + "\" to a valid timestamp");
      }
    }
  }

  /** Milliseconds of a number of seconds or a duration like {@code 1h30m}. */
  static long parseDuration(String name, String text) {
    try {
      return millis(new BigDecimal(text));
    } catch (NumberFormatException notANumber) {
      try {
        return Durations.parseMillis(text);
      } catch (IllegalArgumentException e) {
        throw bad(name, "cannot parse \"" + text + "\" to a valid duration");
      }
    }
  }

  /** Huge exponents are no reason to compute huge numbers. */
  private static long millis(BigDecimal seconds) {
    if (seconds.precision() - seconds.scale() > 15) {
      return seconds.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    if (seconds.scale() > 40) {
      return 0;
    }
    return seconds.multiply(MILLIS_PER_SECOND).setScale(0, RoundingMode.HALF_UP).longValue();
  }

  static PromException bad(String name, String reason) {
    return new PromException(
        PromException.Kind.BAD_DATA, "invalid parameter \"" + name + "\": " + reason);
  }
}
