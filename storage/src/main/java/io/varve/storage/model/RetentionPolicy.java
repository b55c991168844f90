package io.varve.storage.model;

/**
 * How long the points of a policy are kept and how time is cut into shards.
 *
 * @param name unique within its database
 * @param durationNanos how long points are kept; 0 means for ever
 * @param shardDurationNanos the length of a shard, a whole number of hours
 * @param replication how many copies a cluster would keep; kept and shown only
 * @param futureLimitNanos points further ahead of the clock are refused; 0 means no limit
 * @param pastLimitNanos points further behind the clock are refused; 0 means no limit
 */
public record RetentionPolicy(
    String name,
    long durationNanos,
    long shardDurationNanos,
    int replication,
    long futureLimitNanos,
    long pastLimitNanos) {
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
    if (replication < 1) {
      throw new IllegalArgumentException("replication must be at least 1: " + replication);
    }
    if (futureLimitNanos < 0 || pastLimitNanos < 0) {
      throw new IllegalArgumentException(
          "limits must not be negative: " + futureLimitNanos + ", " + pastLimitNanos);
    }
  }

  /** A policy of one copy that takes points of all times it keeps. */
  public RetentionPolicy(String name, long durationNanos, long shardDurationNanos) {
    this(name, durationNanos, shardDurationNanos, 1, 0, 0);
  }

  /** A policy with the shard length that InfluxDB would choose for this duration. */
  public static RetentionPolicy of(String name, long durationNanos) {
    return new RetentionPolicy(name, durationNanos, defaultShardDurationNanos(durationNanos));
  }

  public RetentionPolicy withReplication(int copies) {
    return new RetentionPolicy(
        name, durationNanos, shardDurationNanos, copies, futureLimitNanos, pastLimitNanos);
  }

  /**
   * @param futureNanos 0 for no limit, as for the other
   */
  public RetentionPolicy withLimits(long futureNanos, long pastNanos) {
    return new RetentionPolicy(
        name, durationNanos, shardDurationNanos, replication, futureNanos, pastNanos);
  }

  /** The oldest time of a point that is taken when the clock shows {@code nowNanos}. */
  public long oldestNanos(long nowNanos) {
    return Math.max(before(nowNanos, durationNanos), before(nowNanos, pastLimitNanos));
  }

  /** The latest time of a point that is taken when the clock shows {@code nowNanos}. */
  public long latestNanos(long nowNanos) {
    return futureLimitNanos == 0 || nowNanos > Long.MAX_VALUE - futureLimitNanos
        ? Long.MAX_VALUE
        : nowNanos + futureLimitNanos;
  }

  private static long before(long nowNanos, long durationNanos) {
    return durationNanos == 0 || nowNanos < Long.MIN_VALUE + durationNanos
        ? Long.MIN_VALUE
        : nowNanos - durationNanos;
  }

  /** 7 days if kept for ever or at least 180 days, 1 day from 2 days on, else 1 hour. */
  public static long defaultShardDurationNanos(long durationNanos) {
    if (durationNanos == 0 || durationNanos >= 180 * DAY_NANOS) {
      return 7 * DAY_NANOS;
    }
    return durationNanos >= 2 * DAY_NANOS ? DAY_NANOS : HOUR_NANOS;
  }
}
