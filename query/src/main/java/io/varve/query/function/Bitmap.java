package io.varve.query.function;

import io.varve.storage.ColumnBatch;
import org.jspecify.annotations.Nullable;

/**
 * Bits of the rows of one batch: row {@code i} is bit {@code i & 63} of word {@code i >>> 6}, as in
 * {@link io.varve.storage.Column#presence}. A null bitmap means every row.
 */
public final class Bitmap {
  /** Words that cover the largest batch. */
  public static final int WORDS = ColumnBatch.MAX_ROWS / 64;

  private Bitmap() {}

  public static boolean get(long @Nullable [] bits, int row) {
    return bits == null || (bits[row >>> 6] & 1L << row) != 0;
  }

  public static void set(long[] bits, int row) {
    bits[row >>> 6] |= 1L << row;
  }

  /** Sets the first {@code rows} bits and clears the others of their words. */
  public static void fill(long[] bits, int rows) {
    int words = words(rows);
    for (int w = 0; w < words; w++) {
      bits[w] = -1L;
    }
    if ((rows & 63) != 0) {
      bits[words - 1] = (1L << rows) - 1;
    }
  }

  public static void clear(long[] bits, int rows) {
    int words = words(rows);
    for (int w = 0; w < words; w++) {
      bits[w] = 0;
    }
  }

  /** Words that hold the bits of so many rows. */
  public static int words(int rows) {
    return (rows + 63) >>> 6;
  }

  /** Bits set among the first {@code rows}. */
  public static int count(long[] bits, int rows) {
    int count = 0;
    int whole = rows >>> 6;
    for (int w = 0; w < whole; w++) {
      count += Long.bitCount(bits[w]);
    }
    if ((rows & 63) != 0) {
      count += Long.bitCount(bits[whole] & (1L << rows) - 1);
    }
    return count;
  }

  /** Writes {@code left & right} to {@code into}; null if both are null. */
  public static long @Nullable [] and(
      long @Nullable [] left, long @Nullable [] right, long[] into, int rows) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    int words = words(rows);
    for (int w = 0; w < words; w++) {
      into[w] = left[w] & right[w];
    }
    return into;
  }

  /** Writes the positions of the set bits to {@code into}, ascending, and returns how many. */
  public static int positions(long[] bits, int rows, int[] into) {
    int n = 0;
    int words = words(rows);
    for (int w = 0; w < words; w++) {
      long word = bits[w];
      if (w == words - 1 && (rows & 63) != 0) {
        word &= (1L << rows) - 1;
      }
      while (word != 0) {
        into[n++] = (w << 6) + Long.numberOfTrailingZeros(word);
        word &= word - 1;
      }
    }
    return n;
  }
}
