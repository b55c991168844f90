package io.varve.storage.index;

import java.util.Arrays;

/**
 * The canonical keys of all series, one after the other in pages, each behind its series id: 6
 * bytes per key besides the key itself. Keys of removed series stay until the index is loaded
 * again.
 *
 * <p>One writer; a location may be read by whoever got it from a volatile or acquiring read.
 */
final class KeyArena {
  private static final int PAGE_BITS = 17;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int HEADER_BYTES = 6;

  private volatile byte[][] pages = new byte[0][];
  private int pageCount;
  private int position = PAGE_BYTES;

  /** Stores a key; the answer is its location. Writer. */
  long append(int seriesId, byte[] key, int offset, int length) {
    int bytes = HEADER_BYTES + length;
    if (PAGE_BYTES - position < bytes) {
      byte[][] directory = pages;
      if (pageCount == directory.length) {
        directory = Arrays.copyOf(directory, Math.max(8, pageCount * 2));
      }
      directory[pageCount++] = new byte[PAGE_BYTES];
      pages = directory;
      position = 0;
    }
    byte[] page = pages[pageCount - 1];
    int at = position;
    BigEndian.putInt(page, at, seriesId);
    page[at + 4] = (byte) (length >>> 8);
    page[at + 5] = (byte) length;
    System.arraycopy(key, offset, page, at + HEADER_BYTES, length);
    position += bytes;
    return (long) (pageCount - 1) << PAGE_BITS | at;
  }

  int seriesId(long location) {
    return BigEndian.getInt(page(location), offset(location));
  }

  byte[] key(long location) {
    byte[] page = page(location);
    int at = offset(location);
    return Arrays.copyOfRange(page, at + HEADER_BYTES, at + HEADER_BYTES + length(page, at));
  }

  boolean matches(long location, byte[] key, int offset, int length) {
    byte[] page = page(location);
    int at = offset(location);
    int from = at + HEADER_BYTES;
    return length(page, at) == length
        && Arrays.equals(page, from, from + length, key, offset, offset + length);
  }

  long hashOf(long location) {
    byte[] page = page(location);
    int at = offset(location);
    return Hash64.of(page, at + HEADER_BYTES, length(page, at), 0);
  }

  private byte[] page(long location) {
    return pages[(int) (location >>> PAGE_BITS)];
  }

  private static int offset(long location) {
    return (int) location & (PAGE_BYTES - 1);
  }

  private static int length(byte[] page, int at) {
    return (page[at + 4] & 0xff) << 8 | (page[at + 5] & 0xff);
  }
}
