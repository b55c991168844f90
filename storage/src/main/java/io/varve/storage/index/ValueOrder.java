package io.varve.storage.index;

import java.util.Arrays;

/**
 * Sorts the values of a dictionary by their bytes, as numbers.
 *
 * <p>Sorts {@code long}s of a value's first bytes behind what all values begin with and its number,
 * so that almost no comparison touches a value: runs with the same first bytes are compared in full
 * afterwards. Values added since the last time are merged in.
 */
final class ValueOrder {
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
    int common = commonPrefix(values, from, to);
    int[] order = new int[to - from];
    long[] words = new long[to - from];
    for (int i = 0; i < words.length; i++) {
      // Four bytes of the value, then its place: equal bytes keep the order of arrival.
      words[i] = (long) head(values[from + i], common) << 32 | i;
    }
    sortUnsigned(words);
    for (int i = 0; i < order.length; i++) {
      order[i] = from + (int) words[i];
    }
    int start = 0;
    for (int i = 1; i <= order.length; i++) {
      if (i == order.length || words[i] >>> 32 != words[start] >>> 32) {
        if (i - start > 1) {
          sortFully(values, order, start, i);
        }
        start = i;
      }
    }
    return order;
  }

  private static void sortUnsigned(long[] words) {
    for (int i = 0; i < words.length; i++) {
      words[i] ^= Long.MIN_VALUE;
    }
    Arrays.sort(words);
    for (int i = 0; i < words.length; i++) {
      words[i] ^= Long.MIN_VALUE;
    }
  }

  private static void sortFully(byte[][] values, int[] order, int from, int to) {
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

  private static int commonPrefix(byte[][] values, int from, int to) {
    if (from == to) {
      return 0;
    }
    byte[] first = values[from];
    int common = first.length;
    for (int i = from + 1; i < to && common > 0; i++) {
      byte[] value = values[i];
      int mismatch = Arrays.mismatch(first, 0, common, value, 0, Math.min(common, value.length));
      common = mismatch < 0 ? Math.min(common, value.length) : mismatch;
    }
    return common;
  }
}
