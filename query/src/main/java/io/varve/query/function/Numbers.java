package io.varve.query.function;

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
