package io.varve.query.function;

import java.util.Arrays;

/**
 * Sorts in pieces, so that someone who no longer waits for the result need not be waited for: a
 * quicksort that leaves parts of up to {@link #PIECE} values to the JDK. Between two looks at
 * whether to go on lies at most one pass over the values.
 */
final class LongSort {
  static final int PIECE = 1 << 16;

  private LongSort() {}

  /**
   * Sorts the first {@code count} values.
   *
   * @param check called before each part; may throw to give up, the order is then any
   */
  static void sort(long[] values, int count, Runnable check) {
    sort(values, 0, count, 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(count)), check);
  }

  /** Sorts texts as unsigned bytes. */
  static void sort(byte[][] texts, Runnable check) {
    int[] compared = {0};
    Arrays.sort(
        texts,
        (left, right) -> {
          if (++compared[0] % PIECE == 0) {
            check.run();
          }
          return Arrays.compareUnsigned(left, right);
        });
  }

  /**
   * @param passes that unlucky pivots may cost; then the JDK sorts what is left
   */
  private static void sort(long[] values, int from, int to, int passes, Runnable check) {
    int start = from;
    int end = to;
    int left = passes;
    while (end - start > PIECE && left-- > 0) {
      check.run();
      long pivot = pivot(values, start, end);
      int less = start;
      int more = end;
      for (int at = start; at < more; ) {
        long value = values[at];
        if (value < pivot) {
          values[at++] = values[less];
          values[less++] = value;
        } else if (value > pivot) {
          values[at] = values[--more];
          values[more] = value;
        } else {
          at++;
        }
      }
      if (less - start < end - more) {
        sort(values, start, less, left, check);
        start = more;
      } else {
        sort(values, more, end, left, check);
        end = less;
      }
    }
    check.run();
    Arrays.sort(values, start, end);
  }

  /** The median of nine values that lie apart. */
  private static long pivot(long[] values, int from, int to) {
    long[] sample = new long[9];
    int step = (to - from) / sample.length;
    for (int i = 0; i < sample.length; i++) {
      sample[i] = values[from + i * step + step / 2];
    }
    Arrays.sort(sample);
    return sample[sample.length / 2];
  }
}
