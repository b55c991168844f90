package io.varve.query.continuous;

import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * When a continuous query runs and over which windows; arithmetic only, as in InfluxDB. Where EVERY
 * and the interval are no multiples of each other InfluxDB leaves windows, or ends of them, out;
 * here a run goes back to the window in which the last one was.
 *
 * <p>It is due {@code every} after its last run, by default each interval of GROUP BY time, and
 * looks back {@code window} (FOR), by default one interval. Windows that nobody ran for, because
 * the server was down or the query failed, are made up for, {@link #MAX_WINDOWS} at a time. A query
 * that never ran begins with the window that is current, or with those that FOR reaches back to.
 *
 * @param intervalNanos of GROUP BY time, positive
 * @param offsetNanos of GROUP BY time, less than the interval
 * @param everyNanos of RESAMPLE; 0 if not given
 * @param forNanos of RESAMPLE; 0 if not given
 */
record Schedule(long intervalNanos, long offsetNanos, long everyNanos, long forNanos, ZoneId zone) {
  static final int MAX_WINDOWS = 1000;

  /**
   * A run.
   *
   * @param startNanos of the first window
   * @param endNanos of the last one, exclusive; not after the start if there is nothing to do
   * @param lastRunNanos to be noted when it is done
   */
  record Run(long startNanos, long endNanos, long lastRunNanos) {
    boolean isEmpty() {
      return endNanos <= startNanos;
    }
  }

  /**
   * What is due now, or null if it is not time yet.
   *
   * @throws ArithmeticException if the intervals are so long that times do not fit
   */
  @Nullable Run due(long lastRunNanos, long nowNanos) {
    long every = runEvery();
    long next = lastRunNanos == ContinuousQuery.NEVER ? nowNanos : nextRun(lastRunNanos, every);
    if (next > nowNanos) {
      return null;
    }
    long lookBack = forNanos != 0 ? forNanos : Math.max(intervalNanos, every);
    long ahead = Math.min(every, intervalNanos);
    long start = windowStart(shifted(next, lookBack) - 1);
    if (lastRunNanos != ContinuousQuery.NEVER) {
      start = Math.min(start, windowStart(Math.subtractExact(lastRunNanos, offsetNanos)));
    }
    long end = windowStart(shifted(nowNanos, ahead));
    long latest =
        Math.addExact(
            Math.addExact(start, lookBack), Math.multiplyExact(intervalNanos, MAX_WINDOWS));
    if (end > latest) {
      long cut = windowStart(Math.subtractExact(latest, offsetNanos));
      return new Run(start, cut, cut);
    }
    long lastRun =
        Math.addExact(truncate(Math.subtractExact(nowNanos, offsetNanos), every), offsetNanos);
    return new Run(start, end, lastRun);
  }

  /** How often it runs. */
  long runEvery() {
    return everyNanos != 0 ? everyNanos : intervalNanos;
  }

  /** {@code time + interval - back - offset}. */
  private long shifted(long time, long back) {
    return Math.subtractExact(Math.addExact(time, intervalNanos - offsetNanos), back);
  }

  private long windowStart(long shiftedNanos) {
    return Math.addExact(truncate(shiftedNanos, intervalNanos), offsetNanos);
  }

  /** Where clocks change between two runs, the next one moves along. */
  private long nextRun(long lastRun, long every) {
    long next = Math.addExact(lastRun, every);
    long difference = zoneOffset(lastRun - 1) - zoneOffset(next - 1);
    return Math.abs(difference) < every ? next + difference : next;
  }

  /** The last multiple of a duration in local time. */
  private long truncate(long time, long duration) {
    long offset = zoneOffset(time);
    long start = Math.subtractExact(time, Math.floorMod(Math.addExact(time, offset), duration));
    long difference = offset - zoneOffset(start);
    return Math.abs(difference) < duration ? start + difference : start;
  }

  private long zoneOffset(long time) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(time, 1_000_000_000L), Math.floorMod(time, 1_000_000_000L));
    return zone.getRules().getOffset(instant).getTotalSeconds() * 1_000_000_000L;
  }
}
