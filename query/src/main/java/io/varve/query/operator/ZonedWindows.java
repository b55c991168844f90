package io.varve.query.operator;

import io.varve.query.QueryException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.Arrays;

/**
 * Windows aligned to the wall clock of a time zone, so that days are 23 or 25 hours long when
 * clocks change.
 *
 * <p>Borders are walked to from the nearest one known and remembered; the number of a window is its
 * distance from the first one asked for. A shift of the clock of a whole window or more is ignored,
 * so that windows of an hour neither repeat nor vanish (the rule of InfluxDB).
 */
public final class ZonedWindows extends Windows {
  private final long width;
  private final long offset;
  private final ZoneRules rules;
  private final int maxWindows;

  /** Borders in ascending order: {@code borders[from .. to)}; window 0 starts at {@code zero}. */
  private long[] borders = new long[32];

  private int from = 16;
  private int to = 16;
  private int zero = 16;

  /**
   * @param maxWindows how many windows may be walked through before the query is refused
   */
  public ZonedWindows(long widthNanos, long offsetNanos, ZoneId zone, int maxWindows) {
    width = widthNanos;
    offset = Math.floorMod(offsetNanos, widthNanos);
    rules = zone.getRules();
    this.maxWindows = maxWindows;
  }

  private ZonedWindows(ZonedWindows other) {
    width = other.width;
    offset = other.offset;
    rules = other.rules;
    maxWindows = other.maxWindows;
    borders = other.borders.clone();
    from = other.from;
    to = other.to;
    zero = other.zero;
  }

  @Override
  boolean isNumberedFromEpoch() {
    return false;
  }

  @Override
  ZonedWindows copy() {
    return new ZonedWindows(this);
  }

  @Override
  public long indexOf(long timestampNanos) {
    if (from == to) {
      borders[to++] = startAt(timestampNanos);
    }
    while (timestampNanos < borders[from]) {
      prepend(startBefore(borders[from]));
    }
    while (timestampNanos >= borders[to - 1]) {
      append(endAt(borders[to - 1]));
    }
    int at = Arrays.binarySearch(borders, from, to, timestampNanos);
    int border = at >= 0 ? at : -at - 2;
    return (long) border - zero;
  }

  @Override
  public long start(long index) {
    if (from == to) {
      throw new IllegalStateException("windows of a time zone are numbered from a first time");
    }
    while (index + zero < from) {
      prepend(startBefore(borders[from]));
    }
    while (index + zero >= to) {
      append(endAt(borders[to - 1]));
    }
    return borders[(int) (index + zero)];
  }

  private long zoneOffset(long nanos) {
    Instant instant = Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L));
    return rules.getOffset(instant).getTotalSeconds() * 1_000_000_000L;
  }

  private long startAt(long nanos) {
    long shift = zoneOffset(nanos);
    long start = nanos - Math.floorMod(nanos - offset + shift, width);
    long correction = shift - zoneOffset(start);
    if (correction != 0 && Math.abs(correction) < width) {
      start += correction;
    }
    return start;
  }

  /** The border that a border follows; the clock can be set back across a whole window. */
  private long startBefore(long border) {
    long start = startAt(border - 1);
    return start < border ? start : border - width;
  }

  /** The border that follows the border {@code start}. */
  private long endAt(long start) {
    long shift = zoneOffset(start);
    long end = start + width;
    long correction = shift - zoneOffset(end);
    if (correction != 0 && Math.abs(correction) < width) {
      end += correction;
    }
    return end;
  }

  private void prepend(long border) {
    if (from == 0) {
      grow();
    }
    borders[--from] = border;
  }

  private void append(long border) {
    if (to == borders.length) {
      grow();
    }
    borders[to++] = border;
  }

  private void grow() {
    if (to - from >= maxWindows) {
      throw new QueryException("time zone windows limit exceeded: " + maxWindows);
    }
    int length = to - from;
    int shift = length + 8;
    long[] larger = new long[length * 3 + 16];
    System.arraycopy(borders, from, larger, shift, length);
    zero += shift - from;
    from = shift;
    to = shift + length;
    borders = larger;
  }
}
