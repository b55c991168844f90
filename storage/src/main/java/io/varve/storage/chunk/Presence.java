package io.varve.storage.chunk;

/**
 * Bitmaps of the rows that have a value: row {@code i} in bit {@code i & 63} of word {@code i >>>
 * 6}.
 */
final class Presence {
  private Presence() {}

  static boolean has(long[] presence, int row) {
    return (presence[row >>> 6] >>> row & 1) != 0;
  }

  /** Values among the first rows. */
  static int count(long[] presence, int rowCount) {
    int count = 0;
    for (int word = 0; word << 6 < rowCount; word++) {
      count += Long.bitCount(presence[word] & rowsOfWord(word, rowCount));
    }
    return count;
  }

  /** The bits of a word that stand for rows. */
  static long rowsOfWord(int word, int rowCount) {
    int rows = rowCount - (word << 6);
    return rows >= 64 ? -1L : (1L << rows) - 1;
  }

  static int words(int rowCount) {
    return (rowCount + 63) >>> 6;
  }
}
