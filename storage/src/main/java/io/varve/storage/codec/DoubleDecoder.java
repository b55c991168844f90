package io.varve.storage.codec;

/** Reads columns of doubles that {@link DoubleEncoder} has split. For one thread. */
public final class DoubleDecoder {
  private static final int EXCEPTION_BYTES = 10;

  private final LongStreamDecoder streams;
  private final long[] numbers;

  /**
   * @param streams a decoder for streams of up to {@code capacity} numbers; may be shared with
   *     others of the same thread
   */
  public DoubleDecoder(LongStreamDecoder streams, int capacity) {
    this.streams = streams;
    numbers = new long[capacity];
  }

  /**
   * Reads {@code count} values, at least one: exceptions if there are any, then the stream of
   * mantissas or, if the exponent says so, of raw bits.
   */
  public void decode(ByteReader in, int count, int exponent, boolean hasExceptions, double[] out) {
    if (exponent == Decimals.NOT_DECIMAL) {
      streams.decode(in, count, numbers, 0);
      for (int i = 0; i < count; i++) {
        out[i] = Double.longBitsToDouble(numbers[i]);
      }
      return;
    }
    int exceptions = hasExceptions ? in.readCount(1, count, "exceptions") : 0;
    int exceptionsAt = in.offset();
    in.skip(exceptions * EXCEPTION_BYTES);
    streams.decode(in, count, numbers, Decimals.MANTISSA_BIAS);
    Decimals.toDoubles(numbers, count, exponent, out);
    if (exceptions > 0) {
      int end = in.offset();
      in.seek(exceptionsAt);
      for (int e = 0; e < exceptions; e++) {
        int index = in.readShort();
        if (index >= count) {
          throw in.corrupt("an exception at " + index, "less than " + count);
        }
        out[index] = Double.longBitsToDouble(in.readLong());
      }
      in.seek(end);
    }
  }
}
