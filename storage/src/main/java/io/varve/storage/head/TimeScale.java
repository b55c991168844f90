package io.varve.storage.head;

import io.varve.storage.codec.Divisors;

/**
 * How rows tell their times: row {@code i} has {@code base + i * step}, or {@code base + k * step}
 * and its {@code k}; modulo 2^64.
 *
 * @param bits of {@code k}: 32, 64 or {@link SlabLayout#BY_STEP}; with 64 it is the time itself
 */
record TimeScale(int bits, long base, long step) {
  static final TimeScale EXACT = new TimeScale(Long.SIZE, 0, 1);

  /**
   * A scale for the same times and another one, which this is not for.
   *
   * @param mostSteps the greatest amount of {@code i} or {@code k}
   */
  TimeScale with(long timestampNanos, long mostSteps) {
    long distance = timestampNanos - base;
    if (distance == Long.MIN_VALUE || step == Long.MIN_VALUE) {
      return EXACT;
    }
    long unit = Divisors.greatestCommon(Math.abs(step), Math.abs(distance));
    if (bits == Long.SIZE || unit == 0) {
      return EXACT;
    }
    long steps = distance / unit;
    long factor = Math.abs(step / unit);
    boolean fits =
        Math.abs(steps) <= Integer.MAX_VALUE
            && factor <= Integer.MAX_VALUE
            && mostSteps * factor <= Integer.MAX_VALUE;
    return fits ? new TimeScale(Integer.SIZE, base, unit) : EXACT;
  }
}
