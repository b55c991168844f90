package io.varve.server.remote;

import io.varve.storage.model.SeriesKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects the labels of a series as places in a message and makes the canonical series key of
 * them: the metric's name is the measurement, all other labels are tags. Reused; allocates nothing
 * once its arrays have grown. For one thread.
 */
final class LabelSetReader {
  private static final byte[] NAME = "__name__".getBytes(StandardCharsets.US_ASCII);

  /** Most labels of a series; no key holds more. */
  static final int MAX_LABELS = SeriesKey.MAX_BYTES / 4;

  /** From so many labels on, sorting one by one takes too long if they come in the wrong order. */
  private static final int MANY_LABELS = 64;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private byte[] bytes = {};

  /** Offset and length of a name, offset and length of its value, for each label. */
  private int[] places = new int[4 * 32];

  private int count;

  /** Where the label with the metric's name is in {@link #places}. */
  private int metricAt;

  private byte[] key = new byte[512];
  private int keyLength;

  void begin(byte[] message) {
    bytes = message;
    count = 0;
  }

  void add(int nameOffset, int nameLength, int valueOffset, int valueLength) {
    if (count > MAX_LABELS) {
      return;
    }
    if (4 * count == places.length) {
      places = Arrays.copyOf(places, places.length * 2);
    }
    int at = 4 * count++;
    places[at] = nameOffset;
    places[at + 1] = nameLength;
    places[at + 2] = valueOffset;
    places[at + 3] = valueLength;
  }

  /** Whether little is kept for the next series. */
  boolean isSmall() {
    return key.length + 4 * places.length <= 1 << 16;
  }

  /** Makes the key; answers what is wrong with the labels, or null. */
  @Nullable String finish() {
    if (count > MAX_LABELS) {
      return "the series has more than " + MAX_LABELS + " labels";
    }
    if (count > MANY_LABELS) {
      sortMany();
    } else {
      sort();
    }
    int name = -1;
    keyLength = 0;
    for (int label = 0; label < count; label++) {
      int at = 4 * label;
      if (label > 0 && compareNames(at - 4, at) == 0) {
        return "label name " + text(at) + " is repeated";
      }
      if (places[at + 1] == 0) {
        return "a label has no name";
      }
      if (isName(at)) {
        name = at;
      }
    }
    if (name < 0 || places[name + 3] == 0) {
      return "the series has no metric name";
    }
    metricAt = name;
    append(places[name + 2], places[name + 3]);
    for (int at = 0; at < 4 * count; at += 4) {
      if (at != name && places[at + 3] > 0) {
        append(places[at], places[at + 1]);
        append(places[at + 2], places[at + 3]);
      }
    }
    return isAscii() ? null : findBrokenText();
  }

  /** Whether all of the key is; lengths of 128 and more make it look as if it were not. */
  private boolean isAscii() {
    int at = 0;
    for (; at + 8 <= keyLength; at += 8) {
      if (((long) WORD.get(key, at) & HIGH_BITS) != 0) {
        return false;
      }
    }
    for (; at < keyLength; at++) {
      if (key[at] < 0) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String findBrokenText() {
    for (int at = 0; at < 4 * count; at += 4) {
      if (!isUtf8(places[at], places[at + 1]) || !isUtf8(places[at + 2], places[at + 3])) {
        return "label " + text(at) + " is not UTF-8";
      }
    }
    return null;
  }

  /** Where the metric's name is in the message. */
  int metricOffset() {
    return places[metricAt + 2];
  }

  int metricLength() {
    return places[metricAt + 3];
  }

  byte[] key() {
    return key;
  }

  int keyLength() {
    return keyLength;
  }

  /** Senders sort labels, so this mostly only looks. */
  private void sort() {
    for (int label = 1; label < count; label++) {
      for (int at = 4 * label; at > 0 && compareNames(at - 4, at) > 0; at -= 4) {
        for (int i = at; i < at + 4; i++) {
          int swap = places[i];
          places[i] = places[i - 4];
          places[i - 4] = swap;
        }
      }
    }
  }

  private void sortMany() {
    Integer[] order = new Integer[count];
    Arrays.setAll(order, label -> 4 * label);
    Arrays.sort(order, this::compareNames);
    int[] sorted = new int[4 * count];
    for (int label = 0; label < count; label++) {
      System.arraycopy(places, order[label], sorted, 4 * label, 4);
    }
    System.arraycopy(sorted, 0, places, 0, sorted.length);
  }

  private int compareNames(int left, int right) {
    return Arrays.compareUnsigned(
        bytes,
        places[left],
        places[left] + places[left + 1],
        bytes,
        places[right],
        places[right] + places[right + 1]);
  }

  private boolean isName(int at) {
    return places[at + 1] == NAME.length
        && Arrays.equals(bytes, places[at], places[at] + NAME.length, NAME, 0, NAME.length);
  }

  private boolean isUtf8(int offset, int length) {
    try {
      utf8.decode(ByteBuffer.wrap(bytes, offset, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private void append(int offset, int length) {
    if (key.length - keyLength < length + 5) {
      key = Arrays.copyOf(key, Math.max(key.length * 2, keyLength + length + 5));
    }
    int rest = length;
    while (rest >= 0x80) {
      key[keyLength++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    key[keyLength++] = (byte) rest;
    System.arraycopy(bytes, offset, key, keyLength, length);
    keyLength += length;
  }

  /** The name of a label, cut short. */
  private String text(int at) {
    int length = Math.min(places[at + 1], 100);
    return "\"" + new String(bytes, places[at], length, StandardCharsets.UTF_8) + "\"";
  }
}
