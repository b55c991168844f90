package io.varve.storage.read;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Presence bitmaps: row {@code i} in bit {@code i & 63} of word {@code i >>> 6}. */
final class Bitmaps {
  private Bitmaps() {}

  static boolean has(long @Nullable [] bitmap, int row) {
    return bitmap == null || (bitmap[row >>> 6] >>> row & 1) != 0;
  }

  static void set(long[] bitmap, int row) {
    bitmap[row >>> 6] |= 1L << row;
  }

  static void setRange(long[] bitmap, int from, int count) {
    for (int row = from, end = from + count; row < end; row = (row | 63) + 1) {
      int rest = end - (row & ~63);
      long below = rest >= 64 ? -1L : (1L << rest) - 1;
      bitmap[row >>> 6] |= below & (-1L << row);
    }
  }

  static int words(int rows) {
    return (rows + 63) >>> 6;
  }

  /** Copies rows from, from + 1, ... to rows 0, 1, ... and clears the bits behind them. */
  static void copy(long[] source, int from, int count, long[] target) {
    Arrays.fill(target, 0);
    int words = words(count);
    int word = from >>> 6;
    for (int i = 0; i < words; i++) {
      long bits = source[word + i] >>> from;
      if ((from & 63) != 0 && word + i + 1 < source.length) {
        bits |= source[word + i + 1] << -from;
      }
      target[i] = bits;
    }
    if ((count & 63) != 0) {
      target[words - 1] &= (1L << count) - 1;
    }
  }

  static int count(long[] bitmap, int words) {
    int count = 0;
    for (int i = 0; i < words; i++) {
      count += Long.bitCount(bitmap[i]);
    }
    return count;
  }
}
