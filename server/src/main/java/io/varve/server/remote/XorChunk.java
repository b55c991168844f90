package io.varve.server.remote;

import java.util.Arrays;

/**
 * Encodes samples as Prometheus keeps them: the number of samples in two bytes, then a stream of
 * bits. Of the first sample time and value are written, of the second the distance in time, of all
 * others the change of that distance in one of five widths; of every value but the first what
 * differs from the bits of the one before.
 *
 * <p>Source: {@code tsdb/docs/format/chunks.md} of Prometheus, and "Gorilla: A Fast, Scalable,
 * In-Memory Time Series Database" (VLDB 2015), from which it differs in the widths. Reused; for one
 * thread.
 */
final class XorChunk {
  /** Samples of a chunk, as many as Prometheus puts into one. */
  static final int MAX_SAMPLES = 120;

  private static final int MAX_VARINT_BYTES = 10;
  private static final int NO_WINDOW = -1;

  private byte[] bytes = new byte[1024];

  /** Bits written, the count of samples among them. */
  private int bitLength;

  private int count;
  private long firstTime;
  private long time;
  private long timeDelta;
  private long valueBits;

  /** Zero bits on both sides of what the last written difference was given. */
  private int leading;

  private int trailing;

  /** Starts a chunk. */
  void begin() {
    Arrays.fill(bytes, 0, (bitLength + 7) / 8, (byte) 0);
    bitLength = 16;
    count = 0;
    leading = NO_WINDOW;
  }

  int count() {
    return count;
  }

  boolean isFull() {
    return count == MAX_SAMPLES;
  }

  long firstTime() {
    return firstTime;
  }

  long lastTime() {
    return time;
  }

  /** The chunk, its length in {@link #lengthBytes}; valid until the next change. */
  byte[] array() {
    bytes[0] = (byte) (count >>> 8);
    bytes[1] = (byte) count;
    return bytes;
  }

  int lengthBytes() {
    return (bitLength + 7) / 8;
  }

  void add(long timeMillis, double value) {
    reserve();
    long newBits = Double.doubleToRawLongBits(value);
    if (count == 0) {
      firstTime = timeMillis;
      putVarint((timeMillis << 1) ^ (timeMillis >> 63));
      putBits(newBits, 64);
    } else if (count == 1) {
      timeDelta = timeMillis - time;
      putVarint(timeDelta);
      putDifference(newBits ^ valueBits);
    } else {
      long newDelta = timeMillis - time;
      putChange(newDelta - timeDelta);
      timeDelta = newDelta;
      putDifference(newBits ^ valueBits);
    }
    time = timeMillis;
    valueBits = newBits;
    count++;
  }

  private void putChange(long change) {
    if (change == 0) {
      putBits(0, 1);
    } else if (fits(change, 14)) {
      putBits(0b10, 2);
      putBits(change, 14);
    } else if (fits(change, 17)) {
      putBits(0b110, 3);
      putBits(change, 17);
    } else if (fits(change, 20)) {
      putBits(0b1110, 4);
      putBits(change, 20);
    } else {
      putBits(0b1111, 4);
      putBits(change, 64);
    }
  }

  /** The range is shifted by one against two's complement: the highest value fits, too. */
  private static boolean fits(long value, int bits) {
    long half = 1L << (bits - 1);
    return value > -half && value <= half;
  }

  private void putDifference(long difference) {
    if (difference == 0) {
      putBits(0, 1);
      return;
    }
    int zerosBefore = Math.min(31, Long.numberOfLeadingZeros(difference));
    int zerosBehind = Long.numberOfTrailingZeros(difference);
    if (leading != NO_WINDOW && zerosBefore >= leading && zerosBehind >= trailing) {
      putBits(0b10, 2);
    } else {
      leading = zerosBefore;
      trailing = zerosBehind;
      putBits(0b11, 2);
      putBits(leading, 5);
      // 64 bits are written as 0, which otherwise has no use.
      putBits(64 - leading - trailing, 6);
    }
    putBits(difference >>> trailing, 64 - leading - trailing);
  }

  private void putVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      putBits((rest & 0x7f) | 0x80, 8);
      rest >>>= 7;
    }
    putBits(rest, 8);
  }

  /** Appends the lowest bits of a value, the highest of them first. */
  private void putBits(long value, int bits) {
    int left = bits;
    while (left > 0) {
      int free = 8 - (bitLength & 7);
      int some = Math.min(free, left);
      long piece = (value >>> (left - some)) & ((1 << some) - 1);
      bytes[bitLength >> 3] |= (byte) (piece << (free - some));
      bitLength += some;
      left -= some;
    }
  }

  /** Room for a sample: no time or value takes more than 10 bytes and a few bits. */
  private void reserve() {
    if (bytes.length - lengthBytes() < 2 * MAX_VARINT_BYTES + 4) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
  }
}
