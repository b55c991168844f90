package io.varve.query.function;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.util.Arrays;

/**
 * The state of one aggregate call for one group: a slot per window, in flat arrays.
 *
 * <p>Values come a batch at a time; the windows of the batch have slots already ({@link
 * WindowSpan#include}). Several series may be added one after the other in any order. A slot's
 * result is defined if {@link #hasValue}. For one thread.
 */
public abstract class Accumulator {
  /** Values added per slot. */
  protected long[] counts = new long[0];

  /** The type of the results. */
  public abstract FieldType type();

  /** Adds the values of a batch. */
  public abstract void add(DenseColumn column, WindowSpan span);

  /**
   * Adds a whole batch of one window by what is known about it.
   *
   * @param firstNanos when the first of its values was measured
   * @param lastNanos when the last of its values was measured
   * @return false if the values themselves are needed; then nothing has changed
   */
  public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
    return false;
  }

  /** Writes the result of a slot that has one into a row of a vector of {@link #type}. */
  public abstract void read(int slot, Vector into, int row);

  /** The time of the point that a selector chose; only for selectors that keep it. */
  public long timestampNanos(int slot) {
    throw new IllegalStateException("no time kept for slot " + slot);
  }

  /**
   * The row of the batch added last that was chosen in one of its runs, or -1 if an earlier point
   * stays; only for selectors.
   */
  public int chosenRow(int run) {
    throw new IllegalStateException("no row chosen for run " + run);
  }

  /** Whether {@link #merge} works. */
  public boolean isMergeable() {
    return false;
  }

  /**
   * Adds what another accumulator of the same call has in a slot with a value; the values there are
   * taken for later ones.
   */
  public void merge(Accumulator other, int otherSlot, int slot) {
    throw new IllegalStateException("cannot be merged");
  }

  public boolean hasValue(int slot) {
    return counts[slot] > 0;
  }

  /** Empties the first {@code used} slots. */
  public void clear(int used) {
    Arrays.fill(counts, 0, used, 0);
  }

  /** Moves the first {@code used} slots up by {@code shift} within arrays of {@code capacity}. */
  void move(int used, int shift, int capacity) {
    counts = moved(counts, used, shift, capacity);
    Arrays.fill(counts, 0, shift, 0);
  }

  /** Bytes of state per window, for budgets. */
  public abstract int bytesPerWindow();

  /** The moved array; entries below {@code shift} are unspecified. */
  static long[] moved(long[] array, int used, int shift, int capacity) {
    long[] target = array.length < capacity ? new long[capacity] : array;
    System.arraycopy(array, 0, target, shift, used);
    return target;
  }

  /** The moved array; entries below {@code shift} are unspecified. */
  static double[] moved(double[] array, int used, int shift, int capacity) {
    double[] target = array.length < capacity ? new double[capacity] : array;
    System.arraycopy(array, 0, target, shift, used);
    return target;
  }
}
