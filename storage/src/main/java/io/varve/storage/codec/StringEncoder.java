package io.varve.storage.codec;

import java.util.Arrays;

/**
 * Writes strings once each, with a code per value, if at most half of them differ; else one by one.
 *
 * <pre>
 *   dictionary size uv (0: plain) | [codes stream] | lengths stream | bytes to the end
 * </pre>
 *
 * No compression of the bytes themselves: that is left to the block they land in. For one thread.
 */
public final class StringEncoder {
  private final LongStreamEncoder streams;
  private final long[] codes;
  private final long[] lengths;
  private final byte[][] entries;
  private final int[] slots;

  public StringEncoder(int capacity) {
    streams = new LongStreamEncoder(capacity);
    codes = new long[capacity];
    lengths = new long[capacity];
    entries = new byte[capacity][];
    slots = new int[Integer.highestOneBit(Math.max(capacity, 2) - 1) * 2];
  }

  /** Appends the first {@code count} values, at least one. */
  public void encode(byte[][] values, int count, ByteWriter out) {
    int entryCount = buildDictionary(values, count);
    if (entryCount > 0) {
      out.writeUnsignedVarint(entryCount);
      streams.encode(codes, count, out);
      writeAll(entries, entryCount, out);
      Arrays.fill(entries, 0, entryCount, null);
    } else {
      out.writeUnsignedVarint(0);
      writeAll(values, count, out);
    }
  }

  /** Fills entries and codes; returns 0 if there would be too many entries to be worth it. */
  private int buildDictionary(byte[][] values, int count) {
    Arrays.fill(slots, -1);
    int entryCount = 0;
    int most = Math.max(1, count / 2);
    for (int i = 0; i < count; i++) {
      byte[] value = values[i];
      int slot =
          (Arrays.hashCode(value) * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(slots.length - 1);
      while (slots[slot] >= 0 && !Arrays.equals(entries[slots[slot]], value)) {
        slot = (slot + 1) & (slots.length - 1);
      }
      if (slots[slot] < 0) {
        if (entryCount == most) {
          Arrays.fill(entries, 0, entryCount, null);
          return 0;
        }
        slots[slot] = entryCount;
        entries[entryCount++] = value;
      }
      codes[i] = slots[slot];
    }
    return entryCount;
  }

  private void writeAll(byte[][] values, int count, ByteWriter out) {
    for (int i = 0; i < count; i++) {
      lengths[i] = values[i].length;
    }
    streams.encode(lengths, count, out);
    for (int i = 0; i < count; i++) {
      out.writeBytes(values[i], 0, values[i].length);
    }
  }
}
