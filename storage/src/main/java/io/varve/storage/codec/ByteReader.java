package io.varve.storage.codec;

/**
 * Little-endian reader over a range of bytes that never leaves it: whatever the bytes are, the
 * worst that happens is a {@link CorruptChunkException}. For one thread.
 */
public final class ByteReader {
  private byte[] bytes = new byte[0];
  private int start;
  private int position;
  private int end;

  public void reset(byte[] source, int offset, int length) {
    bytes = source;
    start = offset;
    position = offset;
    end = offset + length;
  }

  /** The array that {@link #skip} returns indexes of. */
  public byte[] array() {
    return bytes;
  }

  /** Bytes since the start of the range. */
  public int offset() {
    return position - start;
  }

  /** Moves to a former {@link #offset}. */
  public void seek(int offset) {
    position = start + offset;
  }

  public int remaining() {
    return end - position;
  }

  /** Passes over bytes and returns the array index of the first of them. */
  public int skip(int count) {
    if (count > end - position) {
      throw corrupt(remaining() + " bytes", "at least " + count);
    }
    int at = position;
    position += count;
    return at;
  }

  public int readByte() {
    return bytes[skip(1)] & 0xff;
  }

  public int readShort() {
    int at = skip(2);
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }

  public int readInt() {
    int at = skip(4);
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (bytes[at + i] & 0xff) << (8 * i);
    }
    return value;
  }

  public long readLong() {
    long low = readInt() & 0xffffffffL;
    return low | (long) readInt() << 32;
  }

  public long readUnsignedVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = readByte();
      value |= (b & 0x7fL) << shift;
      if (b < 0x80) {
        if (shift == 63 && b > 1) {
          throw corrupt("a number over 64 bits", "a varint");
        }
        return value;
      }
    }
    throw corrupt("11 bytes of one number", "a varint of at most 10");
  }

  public long readSignedVarint() {
    long value = readUnsignedVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** An unsigned varint that must lie within [low, high]. */
  public int readCount(int low, int high, String what) {
    long value = readUnsignedVarint();
    if (value < low || value > high) {
      throw corrupt(Long.toUnsignedString(value) + " " + what, "between " + low + " and " + high);
    }
    return (int) value;
  }

  /** The exception for damage just before the current position. */
  public CorruptChunkException corrupt(String found, String expected) {
    return new CorruptChunkException(offset(), found, expected);
  }
}
