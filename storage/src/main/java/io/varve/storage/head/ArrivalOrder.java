package io.varve.storage.head;

/**
 * Orders rows by time and, within equal times, by arrival: a merge sort over the ascending runs
 * that are there already, so that a few late rows cost little.
 */
final class ArrivalOrder {
  private ArrivalOrder() {}

  /** Positions 0 to {@code count - 1} in the order of their times; stable. */
  static int[] of(long[] timestampNanos, int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    int[] runEnds = new int[count];
    int runs = 0;
    for (int i = 1; i <= count; i++) {
      if (i == count || timestampNanos[i] < timestampNanos[i - 1]) {
        runEnds[runs++] = i;
      }
    }
    int[] spare = new int[count];
    while (runs > 1) {
      int merged = 0;
      int start = 0;
      for (int run = 0; run < runs; run += 2) {
        int middle = runEnds[run];
        int end = run + 1 < runs ? runEnds[run + 1] : middle;
        merge(timestampNanos, order, start, middle, end, spare);
        runEnds[merged++] = end;
        start = end;
      }
      runs = merged;
      int[] swap = order;
      order = spare;
      spare = swap;
    }
    return order;
  }

  private static void merge(long[] times, int[] from, int start, int middle, int end, int[] to) {
    int left = start;
    int right = middle;
    for (int out = start; out < end; out++) {
      if (left < middle && (right == end || times[from[left]] <= times[from[right]])) {
        to[out] = from[left++];
      } else {
        to[out] = from[right++];
      }
    }
  }
}
