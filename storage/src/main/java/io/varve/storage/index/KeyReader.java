package io.varve.storage.index;

import io.varve.storage.model.SeriesKey;
import java.util.Arrays;

/**
 * Walks a canonical series key without allocating: the measurement, then keys and values of tags.
 *
 * <p>Strict, because a key in another form would be a second series: tag keys ascend strictly, no
 * tag value is empty, lengths are written in the fewest bytes. Reusable; for one thread.
 */
final class KeyReader {
  private byte[] bytes = new byte[0];
  private int start;
  private int end;
  private int position;

  /** Where the string just read begins in {@link #bytes}. */
  private int offset;

  private int length;

  private int measurementOffset;
  private int measurementLength;
  private int tagOffset;
  private int tagLength;

  /** Reads the measurement of another key. */
  void begin(byte[] key, int keyOffset, int keyLength) {
    if (keyLength > SeriesKey.MAX_BYTES) {
      throw new IllegalArgumentException(
          "series key has " + keyLength + " bytes; the limit is " + SeriesKey.MAX_BYTES);
    }
    bytes = key;
    start = keyOffset;
    position = keyOffset;
    end = keyOffset + keyLength;
    string();
    measurementOffset = offset;
    measurementLength = length;
    tagOffset = -1;
  }

  /** Moves to the next tag; false after the last. */
  boolean nextTag() {
    if (position == end) {
      return false;
    }
    int previousOffset = tagOffset;
    int previousEnd = tagOffset + tagLength;
    string();
    tagOffset = offset;
    tagLength = length;
    if (previousOffset >= 0
        && Arrays.compareUnsigned(
                bytes, previousOffset, previousEnd, bytes, tagOffset, tagOffset + tagLength)
            >= 0) {
      throw new IllegalArgumentException(
          "series key is not canonical: tag keys do not ascend at byte " + tagOffset);
    }
    string();
    if (length == 0) {
      throw new IllegalArgumentException(
          "series key is not canonical: tag without value at byte " + offset);
    }
    return true;
  }

  byte[] bytes() {
    return bytes;
  }

  int keyOffset() {
    return start;
  }

  int keyLength() {
    return end - start;
  }

  int measurementOffset() {
    return measurementOffset;
  }

  int measurementLength() {
    return measurementLength;
  }

  int tagOffset() {
    return tagOffset;
  }

  int tagLength() {
    return tagLength;
  }

  int valueOffset() {
    return offset;
  }

  int valueLength() {
    return length;
  }

  private void string() {
    int value = 0;
    int shift = 0;
    byte next;
    do {
      if (position == end || shift > 14) {
        throw new IllegalArgumentException("series key is cut short at byte " + position);
      }
      next = bytes[position++];
      value |= (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    if (next == 0 && shift > 7) {
      throw new IllegalArgumentException(
          "series key is not canonical: length in too many bytes at " + position);
    }
    if (value > end - position) {
      throw new IllegalArgumentException(
          "series key wants " + value + " bytes at " + position + ", has " + (end - position));
    }
    offset = position;
    length = value;
    position += value;
  }
}
