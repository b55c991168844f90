package io.varve.storage.lifecycle;

import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TimeRange;
import java.util.concurrent.TimeUnit;

/**
 * The time that a shard covers, in whole hours since the epoch: 32 bits hold all of {@code int64}
 * nanoseconds.
 *
 * <p>Shards begin at multiples of their length counted from Monday, January 1 of the year 1, as in
 * InfluxDB; so those of 7 days begin on Mondays at 00:00 UTC, and those of 24 hours at midnight.
 *
 * @param startHours inclusive
 * @param endHours exclusive
 */
public record ShardBounds(int startHours, int endHours) {
  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

  /** From Monday 0001-01-01, 00:00 UTC, to the epoch. */
  private static final long ORIGIN_HOURS = 719_162L * 24;

  public ShardBounds {
    if (startHours >= endHours) {
      throw new IllegalArgumentException(
          "a shard from hour " + startHours + " cannot end at " + endHours);
    }
  }

  /** The bounds of the shard that holds a time, if the policy has no shards yet. */
  public static ShardBounds of(long timestampNanos, RetentionPolicy policy) {
    long length = policy.shardDurationNanos() / HOUR_NANOS;
    long hour = hourOf(timestampNanos);
    long start = hour - Math.floorMod(hour + ORIGIN_HOURS, length);
    // Times end where int64 does; there, shards are cut short.
    int first = hourOf(Long.MIN_VALUE);
    int last = hourOf(Long.MAX_VALUE);
    return new ShardBounds((int) Math.max(first, start), (int) Math.min(last + 1L, start + length));
  }

  /** The hour a time lies in. */
  public static int hourOf(long timestampNanos) {
    return (int) Math.floorDiv(timestampNanos, HOUR_NANOS);
  }

  public boolean contains(long timestampNanos) {
    int hour = hourOf(timestampNanos);
    return hour >= startHours && hour < endHours;
  }

  /** The part of these bounds that lies before {@code end} and not before {@code start}. */
  public ShardBounds clip(int start, int end) {
    return new ShardBounds(Math.max(startHours, start), Math.min(endHours, end));
  }

  public long startNanos() {
    return startHours <= hourOf(Long.MIN_VALUE) ? Long.MIN_VALUE : startHours * HOUR_NANOS;
  }

  /** The last nanosecond in the shard. */
  public long lastNanos() {
    return endHours > hourOf(Long.MAX_VALUE) ? Long.MAX_VALUE : endHours * HOUR_NANOS - 1;
  }

  public boolean overlaps(TimeRange range) {
    return range.overlaps(startNanos(), lastNanos());
  }

  /** Whether every point here is older than the policy keeps them. */
  public boolean expired(RetentionPolicy policy, long nowNanos) {
    return policy.durationNanos() > 0
        && nowNanos >= Long.MIN_VALUE + policy.durationNanos()
        && lastNanos() < nowNanos - policy.durationNanos();
  }
}
