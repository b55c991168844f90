package io.varve.query.influxql;

import io.varve.query.QueryException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;

/**
 * Points in time as InfluxQL writes them in string literals: {@code 2006-01-02}, {@code 2006-01-02
 * 15:04:05.999999999} (both in the zone of the query) and RFC 3339 with an offset or {@code Z}.
 */
public final class TimeLiterals {
  private static final String DATE = "dddd-dd-dd";

  private static final long SECOND = 1_000_000_000;
  private static final Instant MIN = Instant.EPOCH.plusNanos(-9223372036854775806L);
  private static final Instant MAX = Instant.EPOCH.plusNanos(9223372036854775806L);

  private TimeLiterals() {}

  /** Whether the text starts like a date, so that {@link #parse} is worth a try. */
  public static boolean looksLikeTime(String text) {
    return isLike(text, 0, DATE);
  }

  /**
   * Nanoseconds since the epoch.
   *
   * <p>A local time that a change of clocks skips or repeats gets the offset in force at the
   * instant found by trying the offset of the same digits read as UTC.
   *
   * @param zone for texts without an offset
   * @throws QueryException if the text is no time or lies outside of what can be stored
   */
  public static long parse(String text, ZoneId zone) {
    if (!looksLikeTime(text)) {
      throw invalid();
    }
    try {
      LocalDate date = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
      LocalDateTime midnight = date.atStartOfDay();
      return text.length() == DATE.length()
          ? toNanos(toInstant(midnight, 0, "", zone))
          : parse(text, midnight, zone);
    } catch (DateTimeException e) {
      throw invalid();
    }
  }

  /** Reads what follows a date. */
  private static long parse(String text, LocalDateTime midnight, ZoneId zone) {
    int hour = DATE.length() + 1;
    int minute = hour + (isLike(text, hour, "dd:") ? 3 : 2);
    if (!isLike(text, hour, minute == hour + 3 ? "dd:dd:dd" : "d:dd:dd")) {
      throw invalid();
    }
    LocalDateTime time =
        midnight.with(
            LocalTime.of(
                number(text, hour, minute - 1),
                number(text, minute, minute + 2),
                number(text, minute + 3, minute + 5)));
    int nanos = 0;
    int end = minute + 5;
    if (isLike(text, end, ".d") || isLike(text, end, ",d")) {
      int fraction = end + 1;
      end = fraction;
      while (isLike(text, end, "d")) {
        end++;
      }
      nanos = nanosOfSecond(text, fraction, end);
    }
    String offset = text.substring(end);
    boolean hasOffset =
        offset.equals("Z")
            || (offset.length() == 6
                && (isLike(offset, 0, "+dd:dd") || isLike(offset, 0, "-dd:dd")));
    char separator = text.charAt(DATE.length());
    if (separator != (hasOffset ? 'T' : ' ') || !(hasOffset || offset.isEmpty())) {
      throw invalid();
    }
    return toNanos(toInstant(time, nanos, offset, zone));
  }

  /**
   * @param time in whole seconds
   * @param offset of the time; empty if it is in the zone
   */
  private static Instant toInstant(LocalDateTime time, int nanos, String offset, ZoneId zone) {
    long localSeconds = time.toEpochSecond(ZoneOffset.UTC);
    long seconds =
        offset.isEmpty()
            ? toUtc(localSeconds, zone.getRules())
            : localSeconds - ZoneOffset.of(offset).getTotalSeconds();
    return Instant.ofEpochSecond(seconds, nanos);
  }

  /** Whether a text goes on like this from a place on; {@code d} stands for a digit. */
  private static boolean isLike(String text, int from, String pattern) {
    if (text.length() - from < pattern.length()) {
      return false;
    }
    for (int i = 0; i < pattern.length(); i++) {
      char c = text.charAt(from + i);
      if (pattern.charAt(i) == 'd' ? c < '0' || c > '9' : c != pattern.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static long toNanos(Instant instant) {
    if (instant.isAfter(MAX)) {
      throw new QueryException("time " + instant + " overflows time literal");
    }
    if (instant.isBefore(MIN)) {
      throw new QueryException("time " + instant + " underflows time literal");
    }
    long seconds = instant.getEpochSecond();
    long nanos = instant.getNano();
    // Before the epoch the seconds alone may not fit, as the nanoseconds count forward from them.
    return seconds < 0 ? (seconds + 1) * SECOND + (nanos - SECOND) : seconds * SECOND + nanos;
  }

  private static long toUtc(long localSeconds, ZoneRules rules) {
    long guess = localSeconds - offsetSeconds(localSeconds, rules);
    return localSeconds - offsetSeconds(guess, rules);
  }

  private static int offsetSeconds(long epochSecond, ZoneRules rules) {
    return rules.getOffset(Instant.ofEpochSecond(epochSecond)).getTotalSeconds();
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  /** The first nine digits of a fraction. */
  private static int nanosOfSecond(String text, int from, int to) {
    int nanos = 0;
    for (int i = 0; i < 9; i++) {
      nanos = nanos * 10 + (from + i < to ? text.charAt(from + i) - '0' : 0);
    }
    return nanos;
  }

  private static QueryException invalid() {
    return new QueryException("invalid timestamp string");
  }
}
