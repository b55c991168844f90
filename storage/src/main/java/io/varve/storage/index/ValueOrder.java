package io.varve.storage.index;

import java.util.Arrays;

/**
 * Sorts the values of a dictionary by their bytes, as numbers.
 *
 * <p>Sorts {@code long}s of a value's first bytes behind what all values begin with and its number,
 * so that few comparisons touch a value; longer runs with the same bytes are sorted by the next
 * ones. Values added since the last time are merged in.
 */
final class ValueOrder {
  private static final int SHORT_RUN = 16;

  /** So often are values with the same first bytes sorted by their next ones. */
  private static final int MAX_DEPTH = 16;

  private ValueOrder() {}

  /**
   * The numbers below {@code count} in the order of their values.
   *
   * @param before the same for a smaller count; may be empty
   */
  static int[] sort(byte[][] values, int count, int[] before) {
    int[] added = sortRange(values, before.length, count);
    if (before.length == 0) {
      return added;
    }
    int[] merged = new int[count];
    int left = 0;
    int right = 0;
    for (int at = 0; at < count; at++) {
      boolean takeLeft =
          right == added.length
              || (left < before.length
                  && Arrays.compareUnsigned(values[before[left]], values[added[right]]) <= 0);
      merged[at] = takeLeft ? before[left++] : added[right++];
    }
    return merged;
  }

  private static int[] sortRange(byte[][] values, int from, int to) {
    int[] order = new int[to - from];
    for (int i = 0; i < order.length; i++) {
      order[i] = from + i;
    }
    sort(values, order, 0, order.length, MAX_DEPTH);
    return order;
  }

  private static void sort(byte[][] values, int[] order, int from, int to, int depth) {
    if (to - from < SHORT_RUN || depth == 0) {
      sortByComparing(values, order, from, to);
      return;
    }
    int common = commonPrefix(values, order, from, to);
    long[] words = new long[to - from];
    for (int i = 0; i < words.length; i++) {
      // Four bytes of the value as a signed number of the same order, then which value it is.
      words[i] =
          (long) (head(values[order[from + i]], common) ^ Integer.MIN_VALUE) << 32
              | order[from + i];
    }
    Arrays.sort(words);
    for (int i = 0; i < words.length; i++) {
      order[from + i] = (int) words[i];
    }
    int start = 0;
    for (int i = 1; i <= words.length; i++) {
      if (i == words.length || words[i] >>> 32 != words[start] >>> 32) {
        if (i - start > 1) {
          sort(values, order, from + start, from + i, depth - 1);
        }
        start = i;
      }
    }
  }

  private static void sortByComparing(byte[][] values, int[] order, int from, int to) {
    if (to - from < SHORT_RUN) {
      for (int i = from + 1; i < to; i++) {
        int moving = order[i];
        int at = i;
        while (at > from && Arrays.compareUnsigned(values[order[at - 1]], values[moving]) > 0) {
          order[at] = order[at - 1];
          at--;
        }
        order[at] = moving;
      }
      return;
    }
    Integer[] boxed = new Integer[to - from];
    for (int i = from; i < to; i++) {
      boxed[i - from] = order[i];
    }
    Arrays.sort(boxed, (a, b) -> Arrays.compareUnsigned(values[a], values[b]));
    for (int i = from; i < to; i++) {
      order[i] = boxed[i - from];
    }
  }

  private static int head(byte[] value, int from) {
    int head = 0;
    for (int i = from; i < from + 4; i++) {
      head = head << 8 | (i < value.length ? value[i] & 0xff : 0);
    }
    return head;
  }

  private static int commonPrefix(byte[][] values, int[] order, int from, int to) {
    byte[] first = values[order[from]];
    int common = first.length;
    for (int i = from + 1; i < to && common > 0; i++) {
      byte[] value = values[order[i]];
      int mismatch = Arrays.mismatch(first, 0, common, value, 0, Math.min(common, value.length));
      common = mismatch < 0 ? Math.min(common, value.length) : mismatch;
    }
    return common;
  }
}
