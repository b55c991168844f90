package io.varve.query.promql.histogram;

/** The binary logarithm. */
final class Logarithm {
  private static final double LN_2 = Math.log(2);

  private Logarithm() {}

  /** Exact for powers of two, as the bounds of coarse buckets are. */
  static double base2(double value) {
    if (value < Double.MIN_NORMAL || !(value <= Double.MAX_VALUE)) {
      return Math.log(value) / LN_2;
    }
    int exponent = Math.getExponent(value);
    return exponent + Math.log(Math.scalb(value, -exponent)) / LN_2;
  }
}
