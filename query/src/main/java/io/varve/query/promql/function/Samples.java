package io.varve.query.promql.function;

import java.util.Arrays;

/**
 * The samples of one series in time order, no time twice, stale markers already removed. A buffer
 * to be filled again for the next series; it grows to the largest series seen and is bounded by the
 * sample limit of the query that fills it. Not thread-safe.
 */
public final class Samples {
  private static final int MIN_CAPACITY = 64;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private long[] timesMillis = new long[MIN_CAPACITY];
  private double[] values = new double[MIN_CAPACITY];
  private int count;

  /** Times of the first {@link #count} places; valid until the next change. */
  public long[] timesMillis() {
    return timesMillis;
  }

  /** Values of the first {@link #count} places; valid until the next change. */
  public double[] values() {
    return values;
  }

  public int count() {
    return count;
  }

  public void clear() {
    count = 0;
  }

  public void add(long timeMillis, double value) {
    if (count == values.length) {
      reserve(count + 1);
    }
    timesMillis[count] = timeMillis;
    values[count++] = value;
  }

  /** Adds a sample, in place of the last one if that is of the same time. */
  public void put(long timeMillis, double value) {
    if (count > 0 && timesMillis[count - 1] == timeMillis) {
      values[count - 1] = value;
    } else {
      add(timeMillis, value);
    }
  }

  /**
   * As {@link #put} for times in nanoseconds, which become milliseconds by rounding down.
   *
   * @param rows how many of the arrays' places to take
   */
  public void putNanos(long[] timesNanos, double[] newValues, int rows) {
    reserve(count + rows);
    long[] times = timesMillis;
    double[] kept = values;
    int next = count;
    long last = next > 0 ? times[next - 1] : Long.MIN_VALUE;
    for (int row = 0; row < rows; row++) {
      long millis = Math.floorDiv(timesNanos[row], NANOS_PER_MILLI);
      if (millis == last) {
        next--;
      }
      last = millis;
      times[next] = millis;
      kept[next++] = newValues[row];
    }
    count = next;
  }

  /** Appends the places {@code [from, to)} of two arrays. */
  public void addAll(long[] times, double[] newValues, int from, int to) {
    int length = to - from;
    reserve(count + length);
    System.arraycopy(times, from, timesMillis, count, length);
    System.arraycopy(newValues, from, values, count, length);
    count += length;
  }

  /** Makes room for so many samples in all. */
  public void reserve(int capacity) {
    if (capacity > values.length) {
      int grown = Math.max(capacity, values.length + (values.length >> 1));
      timesMillis = Arrays.copyOf(timesMillis, grown);
      values = Arrays.copyOf(values, grown);
    }
  }
}
