package io.varve.storage.codec;

import java.util.Arrays;

/** Reads what {@link StringEncoder} writes; equal values may share an array. For one thread. */
public final class StringDecoder {
  private final LongStreamDecoder streams;
  private final long[] codes;
  private final long[] lengths;

  /**
   * @param streams a decoder for streams of up to {@code capacity} numbers; may be shared with
   *     others of the same thread
   */
  public StringDecoder(LongStreamDecoder streams, int capacity) {
    this.streams = streams;
    codes = new long[capacity];
    lengths = new long[capacity];
  }

  /** Reads {@code count} values, at least one, up to the end of the bytes. */
  public void decode(ByteReader in, int count, byte[][] out) {
    int entryCount = in.readCount(0, count, "dictionary entries");
    if (entryCount == 0) {
      readAll(in, count, out);
      return;
    }
    streams.decode(in, count, codes, 0);
    byte[][] entries = new byte[entryCount][];
    readAll(in, entryCount, entries);
    for (int i = 0; i < count; i++) {
      long code = codes[i];
      if (code < 0 || code >= entryCount) {
        throw in.corrupt("dictionary code " + code, "less than " + entryCount);
      }
      out[i] = entries[(int) code];
    }
  }

  private void readAll(ByteReader in, int count, byte[][] out) {
    streams.decode(in, count, lengths, 0);
    int rest = in.remaining();
    for (int i = 0; i < count; i++) {
      if (lengths[i] < 0 || lengths[i] > rest) {
        throw in.corrupt("a string of " + lengths[i] + " bytes", "at most " + rest);
      }
      rest -= (int) lengths[i];
    }
    for (int i = 0; i < count; i++) {
      int at = in.skip((int) lengths[i]);
      out[i] = Arrays.copyOfRange(in.array(), at, at + (int) lengths[i]);
    }
  }
}
