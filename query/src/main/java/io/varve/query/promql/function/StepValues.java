package io.varve.query.promql.function;

import java.util.Arrays;

/**
 * One series of results: a value for each step that has one. To be cleared and filled again; grows
 * to the largest number of steps seen. Not thread-safe.
 */
public final class StepValues {
  private double[] values = new double[0];
  private long[] present = new long[0];
  private int steps;

  public StepValues() {}

  public StepValues(int steps) {
    clear(steps);
  }

  /** Sets the number of steps and removes every value. */
  public void clear(int newSteps) {
    int words = words(newSteps);
    if (values.length < newSteps) {
      values = new double[newSteps];
      present = new long[words];
    } else {
      Arrays.fill(present, 0, Math.max(words, words(steps)), 0);
    }
    steps = newSteps;
  }

  public int steps() {
    return steps;
  }

  /** One place per step, meaningless where no value is present; valid until the next clear. */
  public double[] values() {
    return values;
  }

  /** Step k is bit {@code k & 63} of word {@code k >>> 6}; the bits past the last step are 0. */
  public long[] presence() {
    return present;
  }

  public boolean isPresent(int step) {
    return (present[step >>> 6] & 1L << step) != 0;
  }

  /** The value of a step at which one is present. */
  public double get(int step) {
    return values[step];
  }

  public void set(int step, double value) {
    values[step] = value;
    present[step >>> 6] |= 1L << step;
  }

  public void remove(int step) {
    present[step >>> 6] &= ~(1L << step);
  }

  /** Says that all steps have the value that stands in {@link #values}. */
  public void markAllPresent() {
    int words = words(steps);
    Arrays.fill(present, 0, words, -1L);
    if ((steps & 63) != 0) {
      present[words - 1] = (1L << steps) - 1;
    }
  }

  /** Adds the steps at which another of the same length has a value, but not its values. */
  void addPresence(StepValues other) {
    for (int w = 0; w < words(steps); w++) {
      present[w] |= other.present[w];
    }
  }

  /** Whether every step has a value. */
  public boolean isFull() {
    int whole = steps >>> 6;
    for (int w = 0; w < whole; w++) {
      if (present[w] != -1L) {
        return false;
      }
    }
    return (steps & 63) == 0 || present[whole] == (1L << steps) - 1;
  }

  /** Takes over steps, values and presence of another. */
  public void copyFrom(StepValues other) {
    clear(other.steps);
    System.arraycopy(other.values, 0, values, 0, steps);
    System.arraycopy(other.present, 0, present, 0, words(steps));
  }

  /** Number of steps with a value. */
  public int presentCount() {
    int count = 0;
    for (int w = 0; w < words(steps); w++) {
      count += Long.bitCount(present[w]);
    }
    return count;
  }

  public boolean isEmpty() {
    for (int w = 0; w < words(steps); w++) {
      if (present[w] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int words(int steps) {
    return (steps + 63) >>> 6;
  }
}
