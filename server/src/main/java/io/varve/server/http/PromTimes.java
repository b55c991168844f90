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
  /** Far beyond all data, and far enough from the ends of a long to add any duration to. */
  static final long MAX_MILLIS = 9_000_000_000_000_000_000L;

  /** Prometheus counts nanoseconds in 64 bits. */
  private static final long MAX_DURATION_MILLIS = Long.MAX_VALUE / 1_000_000;

  private static final BigDecimal MILLIS_PER_SECOND = BigDecimal.valueOf(1000);

  private PromTimes() {}

  /**
   * Milliseconds since the epoch of Unix seconds or an RFC 3339 time; what is beyond {@link
   * #MAX_MILLIS} becomes that.
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

  /** Milliseconds of a number of seconds or a duration like {@code 1h30m}; at most 292 years. */
  static long parseDuration(String name, String text) {
    long millis;
    try {
      millis = millis(new BigDecimal(text));
    } catch (NumberFormatException notANumber) {
      try {
        return Durations.parseMillis(text);
      } catch (IllegalArgumentException e) {
        throw bad(name, "cannot parse \"" + text + "\" to a valid duration");
      }
    }
    if (Math.abs(millis) > MAX_DURATION_MILLIS) {
      throw bad(name, "cannot parse \"" + text + "\" to a valid duration. It overflows int64");
    }
    return millis;
  }

  /** Huge exponents are no reason to compute huge numbers. */
  private static long millis(BigDecimal seconds) {
    if (seconds.signum() == 0 || (long) seconds.scale() - seconds.precision() > 3) {
      return 0;
    }
    if ((long) seconds.precision() - seconds.scale() > 16) {
      return seconds.signum() < 0 ? -MAX_MILLIS : MAX_MILLIS;
    }
    BigDecimal most = BigDecimal.valueOf(MAX_MILLIS);
    BigDecimal millis = seconds.multiply(MILLIS_PER_SECOND).setScale(0, RoundingMode.HALF_UP);
    return millis.min(most).max(most.negate()).longValue();
  }

  static PromException bad(String name, String reason) {
    return new PromException(
        PromException.Kind.BAD_DATA, "invalid parameter \"" + name + "\": " + reason);
  }
}
