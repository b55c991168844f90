package io.varve.storage.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The identity of a series: a measurement and its tags. Immutable.
 *
 * <p>The canonical form is free of escapes: {@code uvarint length, bytes} for the measurement, then
 * the same for each tag key and tag value, tags sorted by key bytes. Two series are the same if and
 * only if their canonical bytes are. On disk; see {@code docs/format/index.md}.
 */
public final class SeriesKey {
  /** Longest canonical key accepted, in bytes. */
  public static final int MAX_BYTES = 65_535;

  private final String measurement;

  /** Keys and values of the tags in turn, by key. */
  private final String[] pairs;

  private SeriesKey(String measurement, String[] pairs) {
    this.measurement = measurement;
    this.pairs = pairs;
  }

  /** A key from text; tags with an empty value are left out, as they mean "no such tag". */
  public static SeriesKey of(String measurement, Map<String, String> tags) {
    SortedMap<String, String> sorted = new TreeMap<>(SeriesKey::compareUtf8);
    tags.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            sorted.put(key, value);
          }
        });
    String[] pairs = new String[2 * sorted.size()];
    int at = 0;
    for (Map.Entry<String, String> tag : sorted.entrySet()) {
      pairs[at++] = tag.getKey();
      pairs[at++] = tag.getValue();
    }
    return new SeriesKey(measurement, pairs);
  }

  /**
   * Reads a canonical key.
   *
   * @throws IllegalArgumentException if the bytes are not a canonical key
   */
  public static SeriesKey parse(byte[] bytes, int offset, int length) {
    Reader in = new Reader(bytes, offset, offset + length);
    String measurement = in.string();
    String[] pairs = new String[16];
    int count = 0;
    while (in.hasMore()) {
      if (count == pairs.length) {
        pairs = Arrays.copyOf(pairs, 2 * count);
      }
      pairs[count++] = in.string();
      pairs[count++] = in.string();
    }
    return new SeriesKey(measurement, Arrays.copyOf(pairs, count));
  }

  /** The canonical bytes of this key. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    write(out, measurement);
    for (String text : pairs) {
      write(out, text);
    }
    return out.toByteArray();
  }

  public String measurement() {
    return measurement;
  }

  /** The tags in the order of their keys' bytes; unmodifiable. */
  public SortedMap<String, String> tags() {
    SortedMap<String, String> tags = new TreeMap<>(SeriesKey::compareUtf8);
    for (int i = 0; i < pairs.length; i += 2) {
      tags.put(pairs[i], pairs[i + 1]);
    }
    return Collections.unmodifiableSortedMap(tags);
  }

  /** How many tags there are; the tag at a place is the one of that place in {@link #tags}. */
  public int tagCount() {
    return pairs.length / 2;
  }

  public String tagKey(int place) {
    return pairs[2 * place];
  }

  public String tagValue(int place) {
    return pairs[2 * place + 1];
  }

  /** The value of a tag, or the empty string if the series does not have it. */
  public String tag(String key) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(key)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeriesKey key
        && key.measurement.equals(measurement)
        && Arrays.equals(key.pairs, pairs);
  }

  @Override
  public int hashCode() {
    return 31 * measurement.hashCode() + Arrays.hashCode(pairs);
  }

  /** For people: {@code measurement,key=value,...}, without escapes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(measurement);
    for (int i = 0; i < pairs.length; i += 2) {
      text.append(',').append(pairs[i]).append('=').append(pairs[i + 1]);
    }
    return text.toString();
  }

  /**
   * Orders strings by their UTF-8 bytes, which is the order of code points. {@link
   * String#compareTo} differs for characters beyond the basic plane.
   */
  public static int compareUtf8(String left, String right) {
    int shared = Math.min(left.length(), right.length());
    for (int i = 0; i < shared; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean aSurrogate = Character.isSurrogate(a);
        boolean bSurrogate = Character.isSurrogate(b);
        return aSurrogate == bSurrogate ? Character.compare(a, b) : (aSurrogate ? 1 : -1);
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int rest = bytes.length;
    while (rest >= 0x80) {
      out.write(rest | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    out.writeBytes(bytes);
  }

  /** Walks the length-prefixed strings of a canonical key. */
  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int position;

    Reader(byte[] bytes, int position, int end) {
      this.bytes = bytes;
      this.position = position;
      this.end = end;
    }

    boolean hasMore() {
      return position < end;
    }

    String string() {
      int length = 0;
      int shift = 0;
      byte next;
      do {
        if (position >= end || shift > 28) {
          throw new IllegalArgumentException("series key is cut short at byte " + position);
        }
        next = bytes[position++];
        length |= (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      if (length < 0 || length > end - position) {
        throw new IllegalArgumentException(
            "series key wants " + length + " bytes at " + position + ", has " + (end - position));
      }
      String text = new String(bytes, position, length, StandardCharsets.UTF_8);
      position += length;
      return text;
    }
  }
}
