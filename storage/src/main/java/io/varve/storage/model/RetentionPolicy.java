package io.varve.storage.model;

/**
 * How long the points of a policy are kept and how time is cut into shards.
 *
 * @param name unique within its database
 * @param durationNanos how long points are kept; 0 means for ever
 * @param shardDurationNanos the length of a shard, a whole number of hours
 */
public record RetentionPolicy(String name, long durationNanos, long shardDurationNanos) {
  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final long DAY_NANOS = 24 * HOUR_NANOS;

  /** The name of the policy that every new database gets. */
  public static final String DEFAULT_NAME = "autogen";

  public RetentionPolicy {
    if (durationNanos < 0) {
      throw new IllegalArgumentException("durationNanos must not be negative: " + durationNanos);
    }
    if (shardDurationNanos < HOUR_NANOS || shardDurationNanos % HOUR_NANOS != 0) {
      throw new IllegalArgumentException(
          "shardDurationNanos must be a whole number of hours: " + shardDurationNanos);
    }
  }

  /** A policy with the shard length that InfluxDB would choose for this duration. */
  public static RetentionPolicy of(String name, long durationNanos) {
    return new RetentionPolicy(name, durationNanos, defaultShardDurationNanos(durationNanos));
  }

  /** 7 days if kept for ever or at least 180 days, 1 day from 2 days on, else 1 hour. */
  public static long defaultShardDurationNanos(long durationNanos) {
    if (durationNanos == 0 || durationNanos >= 180 * DAY_NANOS) {
      return 7 * DAY_NANOS;
    }
    return durationNanos >= 2 * DAY_NANOS ? DAY_NANOS : HOUR_NANOS;
  }
}
