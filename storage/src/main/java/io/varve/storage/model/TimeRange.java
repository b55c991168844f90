package io.varve.storage.model;

/**
 * A half-open range of time in nanoseconds since the epoch: start inclusive, end exclusive.
 *
 * <p>One exception keeps the whole of {@code int64} addressable: an end of {@link Long#MAX_VALUE}
 * means "without end" and includes that last nanosecond.
 */
public record TimeRange(long startNanos, long endNanos) {
  /** Every timestamp there is. */
  public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

  /** Whether the timestamp lies in this range. */
  public boolean contains(long timestampNanos) {
    return timestampNanos >= startNanos
        && (timestampNanos < endNanos || endNanos == Long.MAX_VALUE);
  }

  /** Whether this range holds no timestamp at all. */
  public boolean isEmpty() {
    return startNanos > endNanos || (startNanos == endNanos && endNanos != Long.MAX_VALUE);
  }

  /** Whether any timestamp of the closed interval {@code [firstNanos, lastNanos]} lies in here. */
  public boolean overlaps(long firstNanos, long lastNanos) {
    return lastNanos >= startNanos && (firstNanos < endNanos || endNanos == Long.MAX_VALUE);
  }

  /** Whether all of the closed interval {@code [firstNanos, lastNanos]} lies in here. */
  public boolean covers(long firstNanos, long lastNanos) {
    return contains(firstNanos) && contains(lastNanos);
  }
}
