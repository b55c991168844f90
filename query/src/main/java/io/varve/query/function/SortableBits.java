package io.varve.query.function;

/** Doubles as longs of the same order; both zeros are one. */
public final class SortableBits {
  private SortableBits() {}

  public static long ofDouble(double value) {
    return flip(Double.doubleToLongBits(value + 0.0));
  }

  public static double toDouble(long key) {
    return Double.longBitsToDouble(flip(key));
  }

  private static long flip(long bits) {
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }
}
