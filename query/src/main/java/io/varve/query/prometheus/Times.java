package io.varve.query.prometheus;

import io.varve.storage.model.TimeRange;

/** Prometheus' milliseconds as the store's nanoseconds. */
final class Times {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Times() {}

  /** The times whose milliseconds are in {@code (after, upTo]}. */
  static TimeRange leftOpen(long afterMillis, long upToMillis) {
    return closed(afterMillis == Long.MAX_VALUE ? afterMillis : afterMillis + 1, upToMillis);
  }

  /** The times whose milliseconds are in {@code [from, to]}; from the least long, to the most. */
  static TimeRange closed(long fromMillis, long toMillis) {
    long start = nanos(fromMillis);
    long end = toMillis == Long.MAX_VALUE ? Long.MAX_VALUE : nanos(toMillis + 1);
    return new TimeRange(start, Math.max(start, end));
  }

  private static long nanos(long millis) {
    long most = Long.MAX_VALUE / NANOS_PER_MILLI;
    if (millis > most) {
      return Long.MAX_VALUE;
    }
    return millis < -most ? Long.MIN_VALUE : millis * NANOS_PER_MILLI;
  }
}
