package io.varve.server.encode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects a document of MessagePack whose counts are only known at its end.
 *
 * <p>MessagePack puts the number of elements in front of an array, so an array of unknown length
 * gets the five-byte header and its count once the last element is written. Numbers take their
 * shortest form. The buffer grows up to a limit; beyond it {@link AnswerTooLargeException}. For one
 * thread.
 *
 * <p>Source: the MessagePack specification; the time extension (type 5, 12 bytes) is InfluxDB's.
 */
final class MsgPackBuffer {
  private static final int INITIAL_BYTES = 16 * 1024;

  private static final int NIL = 0xc0;
  private static final int FALSE = 0xc2;
  private static final int TRUE = 0xc3;
  private static final int EXTENSION_8 = 0xc7;
  private static final int FLOAT_64 = 0xcb;
  private static final int UINT_8 = 0xcc;
  private static final int INT_8 = 0xd0;
  private static final int STRING_8 = 0xd9;
  private static final int ARRAY_32 = 0xdd;
  private static final int ARRAY_16 = 0xdc;
  private static final int MAP_16 = 0xde;
  private static final int FIXED_MAP = 0x80;
  private static final int FIXED_ARRAY = 0x90;
  private static final int FIXED_STRING = 0xa0;

  private static final int TIME_EXTENSION = 5;
  private static final int TIME_BYTES = 12;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int limitBytes;
  private byte[] bytes;
  private int length;

  MsgPackBuffer(int limitBytes) {
    this.limitBytes = limitBytes;
    bytes = new byte[Math.min(INITIAL_BYTES, limitBytes)];
  }

  int length() {
    return length;
  }

  /** Forgets everything from a position on. */
  void truncate(int position) {
    length = position;
  }

  /** Hands the document on and is empty. */
  void drainTo(ByteWriter out) {
    out.write(bytes, 0, length);
    length = 0;
  }

  /** Opens an array; answers where {@link #closeArray} finds it. */
  int openArray() {
    reserve(5);
    put(ARRAY_32);
    putInt(0);
    return length - 4;
  }

  void closeArray(int at, int count) {
    int end = length;
    length = at;
    putInt(count);
    length = end;
  }

  /** Opens a map of at most 15 members; answers where {@link #closeMap} finds it. */
  int openMap() {
    reserve(1);
    put(FIXED_MAP);
    return length - 1;
  }

  void closeMap(int at, int count) {
    bytes[at] = (byte) (FIXED_MAP | count);
  }

  void writeMapHeader(int count) {
    writeHeader(count, FIXED_MAP, MAP_16);
  }

  void writeArrayHeader(int count) {
    writeHeader(count, FIXED_ARRAY, ARRAY_16);
  }

  private void writeHeader(int count, int fixed, int code16) {
    reserve(5);
    if (count < 16) {
      put(fixed | count);
    } else if (count <= 0xffff) {
      put(code16);
      putShort(count);
    } else {
      put(code16 + 1);
      putInt(count);
    }
  }

  void writeNil() {
    reserve(1);
    put(NIL);
  }

  void writeBoolean(boolean value) {
    reserve(1);
    put(value ? TRUE : FALSE);
  }

  void writeDouble(double value) {
    reserve(9);
    put(FLOAT_64);
    putLong(Double.doubleToRawLongBits(value));
  }

  void writeLong(long value) {
    if (value >= 0) {
      writeUnsigned(value);
      return;
    }
    reserve(9);
    if (value >= -32) {
      put((int) value);
    } else if (value >= Byte.MIN_VALUE) {
      put(INT_8);
      put((int) value);
    } else if (value >= Short.MIN_VALUE) {
      put(INT_8 + 1);
      putShort((int) value);
    } else if (value >= Integer.MIN_VALUE) {
      put(INT_8 + 2);
      putInt((int) value);
    } else {
      put(INT_8 + 3);
      putLong(value);
    }
  }

  /** Writes the 64 bits read as an unsigned number. */
  void writeUnsigned(long value) {
    reserve(9);
    if (value < 0 || value > 0xffff_ffffL) {
      put(UINT_8 + 3);
      putLong(value);
    } else if (value > 0xffff) {
      put(UINT_8 + 2);
      putInt((int) value);
    } else if (value > 0xff) {
      put(UINT_8 + 1);
      putShort((int) value);
    } else {
      if (value > 0x7f) {
        put(UINT_8);
      }
      put((int) value);
    }
  }

  /** Writes nanoseconds since the epoch as InfluxDB's type of time. */
  void writeTime(long nanos) {
    reserve(3 + TIME_BYTES);
    put(EXTENSION_8);
    put(TIME_BYTES);
    put(TIME_EXTENSION);
    putLong(Math.floorDiv(nanos, NANOS_PER_SECOND));
    putInt((int) Math.floorMod(nanos, NANOS_PER_SECOND));
  }

  void writeString(String text) {
    writeString(text.getBytes(StandardCharsets.UTF_8));
  }

  void writeString(byte[] utf8) {
    int count = utf8.length;
    reserve(5 + count);
    if (count < 32) {
      put(FIXED_STRING | count);
    } else if (count <= 0xff) {
      put(STRING_8);
      put(count);
    } else if (count <= 0xffff) {
      put(STRING_8 + 1);
      putShort(count);
    } else {
      put(STRING_8 + 2);
      putInt(count);
    }
    System.arraycopy(utf8, 0, bytes, length, count);
    length += count;
  }

  private void reserve(int count) {
    if (bytes.length - length >= count) {
      return;
    }
    long needed = (long) length + count;
    if (needed > limitBytes) {
      throw new AnswerTooLargeException(limitBytes);
    }
    bytes = Arrays.copyOf(bytes, (int) Math.min(limitBytes, Math.max(needed, 2L * bytes.length)));
  }

  private void put(int b) {
    bytes[length++] = (byte) b;
  }

  private void putShort(int value) {
    put(value >> 8);
    put(value);
  }

  private void putInt(int value) {
    putShort(value >> 16);
    putShort(value);
  }

  private void putLong(long value) {
    putInt((int) (value >> 32));
    putInt((int) value);
  }
}
