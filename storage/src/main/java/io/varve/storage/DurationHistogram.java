package io.varve.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations by size, for monitoring. Thread-safe; recording costs two additions.
 *
 * <p>The bounds are fixed, from 100 microseconds to 30 seconds in steps of about 2.5, so that
 * histograms of several servers can be added up.
 */
public final class DurationHistogram {
  private static final long[] BOUNDS_NANOS = {
    100_000L,
    250_000L,
    500_000L,
    1_000_000L,
    2_500_000L,
    5_000_000L,
    10_000_000L,
    25_000_000L,
    50_000_000L,
    100_000_000L,
    250_000_000L,
    500_000_000L,
    1_000_000_000L,
    2_500_000_000L,
    5_000_000_000L,
    10_000_000_000L,
    30_000_000_000L
  };

  /**
   * Durations up to a bound.
   *
   * @param boundNanos inclusive
   * @param count of this bucket and all before it
   */
  public record Bucket(long boundNanos, long count) {}

  /**
   * The counts at some moment; those recorded meanwhile may be missing.
   *
   * @param buckets ascending; durations above the last bound are only in {@code count}
   */
  public record Snapshot(List<Bucket> buckets, long count, long sumNanos) {
    public Snapshot {
      buckets = List.copyOf(buckets);
    }
  }

  private final LongAdder[] counts = new LongAdder[BOUNDS_NANOS.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  public DurationHistogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  public void record(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    sumNanos.add(nanos);
  }

  public Snapshot snapshot() {
    List<Bucket> buckets = new ArrayList<>(BOUNDS_NANOS.length);
    long total = 0;
    for (int i = 0; i < BOUNDS_NANOS.length; i++) {
      total += counts[i].sum();
      buckets.add(new Bucket(BOUNDS_NANOS[i], total));
    }
    total += counts[BOUNDS_NANOS.length].sum();
    return new Snapshot(buckets, total, sumNanos.sum());
  }
}
