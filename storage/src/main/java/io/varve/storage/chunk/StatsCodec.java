package io.varve.storage.chunk;

import io.varve.storage.ColumnStats;
import io.varve.storage.codec.ByteReader;
import io.varve.storage.codec.ByteWriter;
import io.varve.storage.codec.Decimals;
import io.varve.storage.model.FieldType;
import java.math.BigDecimal;

/**
 * Aggregates of a chunk as five short numbers, each relative to one before: first, last - first,
 * first - min, max - min, sum - count * min.
 *
 * <p>They are integers modulo 2^64: those of the column, or the mantissas of a float column, whose
 * sum is exact since 1,024 mantissas of 51 bits cannot overflow.
 */
final class StatsCodec {
  /** Integers up to this are doubles. */
  private static final long EXACT_LONG = 1L << 53;

  private StatsCodec() {}

  static void write(long[] values, int count, FieldType type, ByteWriter out) {
    long flip = type == FieldType.UNSIGNED ? Long.MIN_VALUE : 0;
    long min = values[0] ^ flip;
    long max = min;
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
      min = Math.min(min, values[i] ^ flip);
      max = Math.max(max, values[i] ^ flip);
    }
    long first = values[0];
    long least = min ^ flip;
    out.writeSignedVarint(first);
    out.writeSignedVarint(values[count - 1] - first);
    out.writeUnsignedVarint(first - least);
    out.writeUnsignedVarint(max - min);
    out.writeUnsignedVarint(sum - count * least);
  }

  static void skip(ByteReader in) {
    for (int i = 0; i < 5; i++) {
      in.readUnsignedVarint();
    }
  }

  /**
   * Reads the stats of {@code count} values.
   *
   * @param exponent of a float column
   */
  static ColumnStats read(ByteReader in, int count, FieldType type, int exponent) {
    long first = in.readSignedVarint();
    long last = first + in.readSignedVarint();
    long min = first - in.readUnsignedVarint();
    long max = min + in.readUnsignedVarint();
    long sum = in.readUnsignedVarint() + count * min;
    if (type != FieldType.FLOAT) {
      return new ColumnStats(count, first, last, min, max, sum);
    }
    return new ColumnStats(
        count,
        doubleBits(first, exponent),
        doubleBits(last, exponent),
        doubleBits(min, exponent),
        doubleBits(max, exponent),
        Double.doubleToRawLongBits(divide(sum, exponent)));
  }

  private static long doubleBits(long mantissa, int exponent) {
    return Double.doubleToRawLongBits(Decimals.toDouble(mantissa, exponent));
  }

  /** The correctly rounded quotient. */
  private static double divide(long sum, int exponent) {
    if (exponent == 0 || Math.abs(sum) <= EXACT_LONG) {
      return Decimals.toDouble(sum, exponent);
    }
    return BigDecimal.valueOf(sum, exponent).doubleValue();
  }
}
