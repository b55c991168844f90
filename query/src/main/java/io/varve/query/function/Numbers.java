package io.varve.query.function;

import io.varve.storage.model.FieldType;

/** Conversions between the number types of fields. */
public final class Numbers {
  private Numbers() {}

  /** The value of 64 unsigned bits. */
  public static double unsignedToDouble(long bits) {
    if (bits >= 0) {
      return bits;
    }
    return ((bits >>> 1) | (bits & 1)) * 2.0;
  }

  /** Integers as doubles, in the array given if it is long enough. */
  static double[] toDoubles(long[] values, int count, FieldType type, double[] scratch) {
    double[] into = scratch.length < count ? new double[Math.max(1024, count)] : scratch;
    for (int i = 0; i < count; i++) {
      into[i] = type == FieldType.UNSIGNED ? unsignedToDouble(values[i]) : (double) values[i];
    }
    return into;
  }

  /** The unsigned 64 bits nearest below a value; negative values become 0. */
  public static long doubleToUnsigned(double value) {
    if (!(value > 0)) {
      return 0;
    }
    if (value < 0x1p63) {
      return (long) value;
    }
    return value < 0x1p64 ? (long) (value - 0x1p63) ^ Long.MIN_VALUE : -1L;
  }
}
