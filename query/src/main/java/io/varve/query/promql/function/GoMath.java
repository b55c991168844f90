package io.varve.query.promql.function;

/** Mathematics in which Go and Java differ, or that Java lacks. */
public final class GoMath {
  private static final double LN_2 = Math.log(2);
  private static final double TWO_28 = 0x1p28;
  private static final double ROOT_OF_2 = Math.sqrt(2);

  private GoMath() {}

  /** Unlike in Java, 1 to any power is 1, even NaN, and so is -1 to an infinite one. */
  public static double pow(double base, double exponent) {
    if (base == 1 || (base == -1 && Double.isInfinite(exponent))) {
      return 1;
    }
    return Math.pow(base, exponent);
  }

  /** The remainder of a division, with the sign of the dividend. */
  public static double mod(double dividend, double divisor) {
    return dividend % divisor;
  }

  /** Unlike in Java, an infinity wins over NaN. */
  public static double max(double a, double b) {
    return a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY
        ? Double.POSITIVE_INFINITY
        : Math.max(a, b);
  }

  /** Unlike in Java, an infinity wins over NaN. */
  public static double min(double a, double b) {
    return a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY
        ? Double.NEGATIVE_INFINITY
        : Math.min(a, b);
  }

  /** Exact for powers of two: only the mantissa, around 1, goes through a logarithm. */
  public static double log2(double value) {
    if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
      return Math.log(value);
    }
    int exponent = Math.getExponent(value);
    double mantissa = value;
    if (exponent < Double.MIN_EXPONENT) {
      mantissa *= 0x1p54;
      exponent = Math.getExponent(mantissa) - 54;
      mantissa = Math.scalb(mantissa, -exponent - 54);
    } else {
      mantissa = Math.scalb(mantissa, -exponent);
    }
    if (mantissa > ROOT_OF_2) {
      mantissa /= 2;
      exponent++;
    }
    return exponent + Math.log(mantissa) / LN_2;
  }

  public static double asinh(double x) {
    double size = Math.abs(x);
    if (Double.isNaN(x) || size < 1 / TWO_28) {
      return x;
    }
    double result;
    if (size > TWO_28) {
      result = Math.log(size) + LN_2;
    } else {
      double square = size * size;
      result = Math.log1p(size + square / (1 + Math.sqrt(1 + square)));
    }
    return Math.copySign(result, x);
  }

  public static double acosh(double x) {
    if (!(x >= 1)) {
      return Double.NaN;
    }
    if (x > TWO_28) {
      return Math.log(x) + LN_2;
    }
    double above = x - 1;
    return Math.log1p(above + Math.sqrt(2 * above + above * above));
  }

  public static double atanh(double x) {
    double size = Math.abs(x);
    if (size < 1 / TWO_28) {
      return x;
    }
    return Math.copySign(0.5 * Math.log1p(2 * size / (1 - size)), x);
  }
}
