package io.varve.query.influxql;

import io.varve.query.QueryException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Points in time as InfluxQL writes them in string literals: {@code 2006-01-02}, {@code 2006-01-02
 * 15:04:05.999999999} (both in the zone of the query) and RFC 3339 with an offset or {@code Z}.
 */
public final class TimeLiterals {
  private static final Pattern LOOKS_LIKE_TIME =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}.*", Pattern.DOTALL);
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4})-(\\d{2})-(\\d{2})"
              + "(?:([ T])(\\d{1,2}):(\\d{2}):(\\d{2})(?:[.,](\\d+))?(Z|[+-]\\d{2}:\\d{2})?)?");

  private static final long SECOND = 1_000_000_000;
  private static final Instant MIN = Instant.EPOCH.plusNanos(-9223372036854775806L);
  private static final Instant MAX = Instant.EPOCH.plusNanos(9223372036854775806L);

  private TimeLiterals() {}

  /** Whether the text starts like a date, so that {@link #parse} is worth a try. */
  public static boolean looksLikeTime(String text) {
    return LOOKS_LIKE_TIME.matcher(text).matches();
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
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw invalid();
    }
    boolean hasTime = matcher.group(4) != null;
    boolean hasOffset = matcher.group(9) != null;
    if (hasTime && hasOffset != "T".equals(matcher.group(4))) {
      throw invalid();
    }
    try {
      long localSeconds =
          LocalDateTime.of(
                  number(matcher, 1),
                  number(matcher, 2),
                  number(matcher, 3),
                  hasTime ? number(matcher, 5) : 0,
                  hasTime ? number(matcher, 6) : 0,
                  hasTime ? number(matcher, 7) : 0)
              .toEpochSecond(ZoneOffset.UTC);
      long seconds =
          hasOffset
              ? localSeconds - ZoneOffset.of(matcher.group(9)).getTotalSeconds()
              : toUtc(localSeconds, zone.getRules());
      return toNanos(Instant.ofEpochSecond(seconds, nanosOfSecond(matcher.group(8))));
    } catch (DateTimeException e) {
      throw invalid();
    }
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

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  private static int nanosOfSecond(@Nullable String fraction) {
    if (fraction == null) {
      return 0;
    }
    int nanos = 0;
    for (int i = 0; i < 9; i++) {
      nanos = nanos * 10 + (i < fraction.length() ? fraction.charAt(i) - '0' : 0);
    }
    return nanos;
  }

  private static QueryException invalid() {
    return new QueryException("invalid timestamp string");
  }
}
