package io.varve.query.operator;

import java.util.Arrays;

/** Orders row numbers. */
final class RowRefs {
  private static final int CHECKED_ROWS = 1 << 16;

  private RowRefs() {}

  /** Says which of two rows comes first. */
  interface Order {
    /** Negative, zero or positive, as in {@link java.util.Comparator}. */
    int compare(int left, int right);
  }

  /**
   * Sorts the first {@code count} numbers; equal ones stay as they are.
   *
   * @param check called now and then; may throw to give up
   */
  static void sort(int[] refs, int count, Order order, Runnable check) {
    int[] from = refs;
    int[] into = new int[count];
    for (int width = 1; width < count && width > 0; width *= 2) {
      for (int start = 0; start < count; start += 2 * width) {
        int middle = Math.min(count, start + width);
        int end = (int) Math.min(count, start + 2L * width);
        merge(from, into, start, middle, end, order, check);
        if (end == count) {
          break;
        }
      }
      int[] swap = from;
      from = into;
      into = swap;
    }
    if (from != refs) {
      System.arraycopy(from, 0, refs, 0, count);
    }
  }

  private static void merge(
      int[] from, int[] into, int start, int middle, int end, Order order, Runnable check) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      if (at % CHECKED_ROWS == 0) {
        check.run();
      }
      boolean takeLeft =
          right >= end || (left < middle && order.compare(from[left], from[right]) <= 0);
      into[at] = from[takeLeft ? left++ : right++];
    }
  }

  /** The numbers from 0 on. */
  static int[] range(int count) {
    int[] refs = new int[count];
    Arrays.setAll(refs, i -> i);
    return refs;
  }
}
