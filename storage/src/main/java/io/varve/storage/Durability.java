package io.varve.storage;

import java.time.Duration;

/**
 * What the answer to a write promises besides being visible; each database has its own.
 *
 * <p>All modes survive the death of the process: the data is with the operating system by then.
 *
 * @param interval how long an acknowledged write may stay off the device; zero means not at all,
 *     negative means for as long as the operating system likes
 */
public record Durability(Duration interval) {
  /** The device has it: survives the loss of power. The default; concurrent writes share a sync. */
  public static final Durability ALWAYS = new Durability(Duration.ZERO);

  /** Nothing is synced except at checkpoints. */
  public static final Durability NONE = new Durability(Duration.ofNanos(-1));

  /** Power loss costs at most the acknowledged writes of such an interval. */
  public static Durability interval(Duration interval) {
    if (interval.isZero() || interval.isNegative()) {
      throw new IllegalArgumentException("interval must be positive: " + interval);
    }
    return new Durability(interval);
  }

  /** As it is stored: 0 for always, -1 for none, else the interval. */
  long syncIntervalNanos() {
    return interval.isNegative() ? -1 : interval.toNanos();
  }

  static Durability ofSyncIntervalNanos(long nanos) {
    return nanos < 0 ? NONE : new Durability(Duration.ofNanos(nanos));
  }
}
