package io.varve.query.function;

import java.util.List;

/**
 * Which windows have a slot in the accumulators of one group: the windows {@code first} to {@code
 * first + used - 1}, whatever data has shown up so far.
 *
 * <p>Spans grow towards either end; capacity doubles, so that growing costs constant time per
 * window. {@link Limit} is asked before any memory is taken.
 */
public final class WindowSpan {
  /** Objects to windows a query may not have. */
  public interface Limit {
    /** Throws if a group may not have this many windows. */
    void check(long windows);
  }

  private static final int INITIAL_CAPACITY = 16;

  private final List<? extends Accumulator> accumulators;
  private final Limit limit;
  private long first;
  private int used;
  private int capacity;

  public WindowSpan(List<? extends Accumulator> accumulators, Limit limit) {
    this.accumulators = accumulators;
    this.limit = limit;
  }

  /** Forgets all windows and empties the accumulators; their arrays stay. */
  public void reset() {
    for (Accumulator accumulator : accumulators) {
      accumulator.clear(used);
    }
    used = 0;
  }

  /** Makes room for the windows {@code low} to {@code high}, both included. */
  public void include(long low, long high) {
    if (used == 0) {
      limit.check(size(low, high));
      first = low;
      grow(0, (int) size(low, high));
    } else if (low < first || high >= first + used) {
      long newFirst = Math.min(low, first);
      long newLast = Math.max(high, first + used - 1);
      limit.check(size(newFirst, newLast));
      int shift = (int) (first - newFirst);
      first = newFirst;
      grow(shift, (int) size(newFirst, newLast));
    }
  }

  private static long size(long low, long high) {
    long size = high - low + 1;
    return size <= 0 ? Long.MAX_VALUE : size;
  }

  private void grow(int shift, int needed) {
    if (needed > capacity) {
      capacity = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(INITIAL_CAPACITY, needed * 2L));
      for (Accumulator accumulator : accumulators) {
        accumulator.move(used, shift, capacity);
      }
    } else if (shift > 0) {
      for (Accumulator accumulator : accumulators) {
        accumulator.move(used, shift, capacity);
      }
    }
    used = needed;
  }

  public boolean isEmpty() {
    return used == 0;
  }

  /** Number of the first window. */
  public long first() {
    return first;
  }

  /** Number of the last window. */
  public long last() {
    return first + used - 1;
  }

  /** The slot of a window, or -1 if it has none. */
  public int slot(long window) {
    return used > 0 && window >= first && window - first < used ? (int) (window - first) : -1;
  }
}
