package io.varve.server.remote;

/**
 * Reads XOR chunks bit by bit, as their format is described in {@code tsdb/docs/format/chunks.md}
 * of Prometheus.
 */
final class XorDecoder {
  private final byte[] data;
  private final int count;
  private int at = 16;
  private int read;
  private long time;
  private long delta;
  private long bits;
  private int leading;
  private int significant;

  XorDecoder(byte[] data) {
    this.data = data;
    this.count = (data[0] & 0xff) << 8 | (data[1] & 0xff);
  }

  long time() {
    return time;
  }

  double value() {
    return Double.longBitsToDouble(bits);
  }

  boolean next() {
    if (read == count) {
      return false;
    }
    if (read == 0) {
      long zigzag = varint();
      time = (zigzag >>> 1) ^ -(zigzag & 1);
      bits = take(64);
    } else {
      delta = read == 1 ? varint() : delta + change();
      time += delta;
      readValue();
    }
    read++;
    return true;
  }

  private long change() {
    int ones = 0;
    while (ones < 4 && take(1) == 1) {
      ones++;
    }
    int width = new int[] {0, 14, 17, 20, 64}[ones];
    long value = take(width);
    return width > 0 && width < 64 && value > 1L << (width - 1) ? value - (1L << width) : value;
  }

  private void readValue() {
    if (take(1) == 0) {
      return;
    }
    if (take(1) == 1) {
      leading = (int) take(5);
      significant = (int) take(6);
      significant = significant == 0 ? 64 : significant;
    }
    bits ^= take(significant) << (64 - leading - significant);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      long next = take(8);
      value |= (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
  }

  private long take(int width) {
    long value = 0;
    for (int i = 0; i < width; i++, at++) {
      value = value << 1 | ((data[at >> 3] >> (7 - (at & 7))) & 1);
    }
    return value;
  }
}
