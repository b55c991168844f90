package io.varve.storage.index;

import java.util.Arrays;

/**
 * The canonical keys of all series, one after the other in pages: series id, half of the key's
 * hash, and for each tag the numbers of its key and its value in the measurement's dictionaries. A
 * key of ten tags takes some 30 bytes instead of 200. Keys of removed series stay until the index
 * is loaded again.
 *
 * <p>One writer; a location may be read by whoever got it from a volatile or acquiring read.
 */
final class KeyArena {
  private static final int PAGE_BITS = 17;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int HEADER_BYTES = 8;
  private static final int MAX_VARINT_BYTES = 5;

  private volatile byte[][] pages = new byte[0][];
  private int pageCount;
  private int position = PAGE_BYTES;

  /** A place in a page; for one thread. */
  private static final class Walk {
    final byte[] page;
    int at;

    Walk(byte[] page, int at) {
      this.page = page;
      this.at = at;
    }

    int next() {
      int value = 0;
      int shift = 0;
      byte next;
      do {
        next = page[at++];
        value |= (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      return value;
    }
  }

  /**
   * Stores a key; the answer is its location. Writer.
   *
   * @param tags numbers of key and value in turn
   */
  long append(int seriesId, int lowHash, int[] tags, int tagCount) {
    int most = HEADER_BYTES + MAX_VARINT_BYTES * (1 + 2 * tagCount);
    if (PAGE_BYTES - position < most) {
      int exact = HEADER_BYTES + varintBytes(tagCount);
      for (int i = 0; i < 2 * tagCount; i++) {
        exact += varintBytes(tags[i]);
      }
      if (PAGE_BYTES - position < exact) {
        addPage(exact);
      }
    }
    byte[] page = pages[pageCount - 1];
    int at = position;
    BigEndian.putInt(page, at, seriesId);
    BigEndian.putInt(page, at + 4, lowHash);
    position = putVarint(page, at + HEADER_BYTES, tagCount);
    for (int i = 0; i < 2 * tagCount; i++) {
      position = putVarint(page, position, tags[i]);
    }
    return (long) (pageCount - 1) << PAGE_BITS | at;
  }

  int seriesId(long location) {
    return BigEndian.getInt(page(location), offset(location));
  }

  int lowHash(long location) {
    return BigEndian.getInt(page(location), offset(location) + 4);
  }

  /** Writes the key of a series of this measurement out. */
  byte[] key(long location, Measurement measurement) {
    Walk walk = walk(location);
    int tags = walk.next();
    byte[] key = new byte[64 + 16 * tags];
    int length = 0;
    for (int i = -1; i < 2 * tags; i += 2) {
      TagDictionary dictionary = i < 0 ? null : measurement.dictionaries.get(walk.next());
      byte[] first = dictionary == null ? measurement.nameBytes : dictionary.nameBytes;
      byte[] second = dictionary == null ? null : dictionary.value(walk.next());
      int more = first.length + (second == null ? 0 : second.length) + 2 * MAX_VARINT_BYTES;
      if (key.length - length < more) {
        key = Arrays.copyOf(key, Math.max(key.length * 2, length + more));
      }
      length = putString(key, length, first);
      length = second == null ? length : putString(key, length, second);
    }
    return Arrays.copyOf(key, length);
  }

  /** Hands out the tags of a key. */
  void read(long location, Measurement measurement, SeriesTags into) {
    Walk walk = walk(location);
    into.begin(measurement.dictionaries);
    for (int rest = walk.next(); rest > 0; rest--) {
      int key = walk.next();
      into.take(key, walk.next());
    }
  }

  /** The number of the value that a series has for a tag key, or -1. */
  int valueOf(long location, int dictionaryNumber) {
    Walk walk = walk(location);
    for (int rest = walk.next(); rest > 0; rest--) {
      int number = walk.next();
      int value = walk.next();
      if (number == dictionaryNumber) {
        return value;
      }
    }
    return -1;
  }

  /** Whether these bytes are the key at a location, of a series of this measurement. */
  boolean matches(long location, Measurement measurement, byte[] key, int offset, int length) {
    byte[] page = page(location);
    int at = offset(location) + HEADER_BYTES;
    int end = offset + length;
    int from = matchString(key, offset, end, measurement.nameBytes);
    int tags = page[at++];
    if (tags < 0) {
      return matchesLong(location, measurement, key, offset, length);
    }
    TagDictionaries dictionaries = measurement.dictionaries;
    for (; tags > 0 && from >= 0; tags--) {
      int number = page[at++];
      if (number < 0) {
        return matchesLong(location, measurement, key, offset, length);
      }
      int value = page[at++];
      if (value < 0) {
        value &= 0x7f;
        int shift = 7;
        byte next;
        do {
          next = page[at++];
          value |= (next & 0x7f) << shift;
          shift += 7;
        } while (next < 0);
      }
      TagDictionary dictionary = dictionaries.get(number);
      from = matchString(key, from, end, dictionary.nameBytes);
      from = from < 0 ? from : matchString(key, from, end, dictionary.value(value));
    }
    return from == end;
  }

  /** As {@link #matches}, for keys with many tags. */
  private boolean matchesLong(
      long location, Measurement measurement, byte[] key, int offset, int length) {
    byte[] stored = key(location, measurement);
    return Arrays.equals(stored, 0, stored.length, key, offset, offset + length);
  }

  /** Where a string behind its length ends if it is this one, else -1. */
  private static int matchString(byte[] key, int from, int end, byte[] string) {
    int length = string.length;
    int at = from;
    int rest = length;
    while (rest > 0x7f) {
      if (at >= end || key[at++] != (byte) (rest | 0x80)) {
        return -1;
      }
      rest >>>= 7;
    }
    if (at >= end || key[at++] != rest || end - at < length) {
      return -1;
    }
    return Arrays.equals(key, at, at + length, string, 0, length) ? at + length : -1;
  }

  private void addPage(int bytes) {
    if (bytes > PAGE_BYTES) {
      throw new IllegalStateException("a key takes " + bytes + " bytes in the arena");
    }
    byte[][] directory = pages;
    if (pageCount == directory.length) {
      directory = Arrays.copyOf(directory, Math.max(8, pageCount * 2));
    }
    directory[pageCount++] = new byte[PAGE_BYTES];
    pages = directory;
    position = 0;
  }

  private Walk walk(long location) {
    return new Walk(page(location), offset(location) + HEADER_BYTES);
  }

  private byte[] page(long location) {
    return pages[(int) (location >>> PAGE_BITS)];
  }

  private static int offset(long location) {
    return (int) location & (PAGE_BYTES - 1);
  }

  private static int putString(byte[] to, int at, byte[] string) {
    int from = putVarint(to, at, string.length);
    System.arraycopy(string, 0, to, from, string.length);
    return from + string.length;
  }

  private static int putVarint(byte[] to, int at, int value) {
    int next = at;
    int rest = value;
    while (rest > 0x7f) {
      to[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[next++] = (byte) rest;
    return next;
  }

  private static int varintBytes(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }
}
