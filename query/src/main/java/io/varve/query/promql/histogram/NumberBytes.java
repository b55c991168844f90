package io.varve.query.promql.histogram;

import java.util.Arrays;

/**
 * Numbers as few bytes: LEB128 of integers, and of doubles that are integers twice their zig-zag
 * difference to an expected one; of others 1 and their 8 bytes, the lowest first. For one thread.
 */
final class NumberBytes {
  /** Differences of two such integers, doubled twice, fit into a long. */
  private static final double MAX_INTEGER = 0x1p53;

  private byte[] bytes;
  private int end;
  private int at;

  /** What can be read are the first places of an array; what is put comes behind them. */
  NumberBytes(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, end);
  }

  void putByte(int value) {
    if (end == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * end);
    }
    bytes[end++] = (byte) value;
  }

  void putUnsigned(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      putByte((int) rest | 0x80);
      rest >>>= 7;
    }
    putByte((int) rest);
  }

  void putSigned(long value) {
    putUnsigned(value << 1 ^ value >> 63);
  }

  void putNumber(double value) {
    putNumber(value, 0);
  }

  /** A number that is expected to be near another. */
  void putNumber(double value, double expected) {
    if (isInteger(value)) {
      long difference = (long) value - (isInteger(expected) ? (long) expected : 0);
      putUnsigned((difference << 1 ^ difference >> 63) << 1);
      return;
    }
    putByte(1);
    long bits = Double.doubleToRawLongBits(value);
    for (int i = 0; i < Double.BYTES; i++) {
      putByte((int) (bits >>> (8 * i)));
    }
  }

  /** Whether it is the same as a long; -0 is not. */
  private static boolean isInteger(double value) {
    double integer = (double) (long) value;
    return Math.abs(value) <= MAX_INTEGER
        && Double.doubleToRawLongBits(integer) == Double.doubleToRawLongBits(value);
  }

  int readByte() throws HistogramFormatException {
    if (at == end) {
      throw new HistogramFormatException("a native histogram ends early");
    }
    return bytes[at++];
  }

  long readUnsigned() throws HistogramFormatException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new HistogramFormatException("a number of a native histogram is too long");
  }

  long readSigned() throws HistogramFormatException {
    long value = readUnsigned();
    return value >>> 1 ^ -(value & 1);
  }

  /** How many numbers follow; no more than there are bytes. */
  int readSize() throws HistogramFormatException {
    long size = readUnsigned();
    if (size < 0 || size > end - at) {
      throw new HistogramFormatException("a native histogram ends early");
    }
    return (int) size;
  }

  double readNumber() throws HistogramFormatException {
    return readNumber(0);
  }

  double readNumber(double expected) throws HistogramFormatException {
    long value = readUnsigned();
    if ((value & 1) == 0) {
      long zigzag = value >>> 1;
      return (double)
          ((isInteger(expected) ? (long) expected : 0) + (zigzag >>> 1 ^ -(zigzag & 1)));
    }
    if (value != 1) {
      throw new HistogramFormatException("a number of a native histogram is of an unknown kind");
    }
    long bits = 0;
    for (int i = 0; i < Double.BYTES; i++) {
      bits |= (readByte() & 0xffL) << (8 * i);
    }
    return Double.longBitsToDouble(bits);
  }

  void checkEnd() throws HistogramFormatException {
    if (at != end) {
      throw new HistogramFormatException(
          "a native histogram has " + (end - at) + " bytes too many");
    }
  }
}
