package io.varve.storage.codec;

/**
 * Doubles as exact decimals: {@code value = mantissa / 10^k}, bit for bit.
 *
 * <p>A decimal literal with a mantissa below 2^53 and k up to 22 parses to the correctly rounded
 * quotient m / 10^k, and that very division is the decoder; so whatever came in as text of up to 15
 * digits is such a decimal. Each value is tried and compared by its bits; what differs (NaN,
 * infinities, -0.0, doubles with more digits) becomes an exception and keeps its bits.
 *
 * <p>Two tricks make this fast. Adding 1.5 * 2^52 rounds a double to an integer and leaves that
 * integer in its low bits, which replaces the slow conversions between double and long. And a
 * division by a constant is a multiplication by its inverse, corrected by two fused multiply-adds:
 * q = x * inv; result = q + inv * (x - q * p). That is the correctly rounded quotient for all
 * powers used here and |x| below 2^51; the tests compare the two.
 */
public final class Decimals {
  /** Exponents are 0 to 14. */
  public static final int MAX_EXPONENT = 14;

  /** Stands for "no decimals" where an exponent is stored. */
  public static final int NOT_DECIMAL = 15;

  /** Mantissas lie strictly between minus and plus this. */
  public static final long MANTISSA_LIMIT = 1L << 51;

  /** Bits of a double that hold a mantissa, less that mantissa. */
  public static final long MANTISSA_BIAS = 0x4338000000000000L;

  /** Stands for a value that is no decimal. */
  public static final long NO_MANTISSA = Long.MIN_VALUE;

  private static final double ROUNDER = 0x1.8p52;
  private static final double[] POWERS = new double[MAX_EXPONENT + 1];
  private static final boolean FAST_FMA;

  static {
    double power = 1;
    for (int k = 0; k <= MAX_EXPONENT; k++) {
      POWERS[k] = power;
      power *= 10;
    }
    FAST_FMA = probeFma();
  }

  private Decimals() {}

  public static double power(int exponent) {
    return POWERS[exponent];
  }

  /** The double a mantissa stands for. */
  public static double toDouble(long mantissa, int exponent) {
    return (double) mantissa / POWERS[exponent];
  }

  /** The least exponent with which the value is an exact decimal, or {@link #NOT_DECIMAL}. */
  static int exponentOf(double value) {
    for (int k = 0; k <= MAX_EXPONENT; k++) {
      if (isExact(value, k)) {
        return k;
      }
    }
    return NOT_DECIMAL;
  }

  /** The mantissa of a value that is an exact decimal, else {@link #NO_MANTISSA}. */
  public static long mantissaOf(double value, int exponent) {
    double power = POWERS[exponent];
    double rounded = value * power + ROUNDER;
    long mantissa = Double.doubleToRawLongBits(rounded) - MANTISSA_BIAS;
    return isMantissa(mantissa)
            && Double.doubleToRawLongBits((rounded - ROUNDER) / power)
                == Double.doubleToRawLongBits(value)
        ? mantissa
        : NO_MANTISSA;
  }

  static boolean isExact(double value, int exponent) {
    double rounded = value * POWERS[exponent] + ROUNDER;
    return isMantissa(Double.doubleToRawLongBits(rounded) - MANTISSA_BIAS)
        && Double.doubleToRawLongBits((rounded - ROUNDER) / POWERS[exponent])
            == Double.doubleToRawLongBits(value);
  }

  /**
   * Fills the mantissas of doubles given by their bits; an exception gets the mantissa before it.
   *
   * @param exceptions filled with the indexes of the exceptions
   * @return their number; or more than {@code limit}, with nothing else of use, if there are more
   */
  static int toMantissas(
      long[] bits, int count, int exponent, long[] mantissas, int[] exceptions, int limit) {
    double power = POWERS[exponent];
    int found = 0;
    for (int i = 0; i < count; i++) {
      double rounded = Double.longBitsToDouble(bits[i]) * power + ROUNDER;
      long mantissa = Double.doubleToRawLongBits(rounded) - MANTISSA_BIAS;
      mantissas[i] = mantissa;
      if (Double.doubleToRawLongBits((rounded - ROUNDER) / power) != bits[i]
          || !isMantissa(mantissa)) {
        if (found == limit) {
          return limit + 1;
        }
        exceptions[found++] = i;
      }
    }
    for (int e = 0; e < found; e++) {
      int i = exceptions[e];
      mantissas[i] = i > 0 ? mantissas[i - 1] : 0;
    }
    if (found > 0 && exceptions[0] == 0) {
      fillStart(mantissas, exceptions, found, count);
    }
    return found;
  }

  /** Gives exceptions at the very start the first good mantissa. */
  private static void fillStart(long[] mantissas, int[] exceptions, int found, int count) {
    int leading = 0;
    while (leading < found && exceptions[leading] == leading) {
      leading++;
    }
    for (int i = 0; i < leading; i++) {
      mantissas[i] = leading < count ? mantissas[leading] : 0;
    }
  }

  /** Turns mantissas that had {@link #MANTISSA_BIAS} added into doubles. */
  static void toDoubles(long[] biased, int count, int exponent, double[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = Double.longBitsToDouble(biased[i]) - ROUNDER;
    }
    if (exponent > 0) {
      divide(out, count, POWERS[exponent]);
    }
  }

  private static void divide(double[] values, int count, double divisor) {
    if (FAST_FMA) {
      divideByFma(values, count, divisor);
    } else {
      for (int i = 0; i < count; i++) {
        values[i] /= divisor;
      }
    }
  }

  static void divideByFma(double[] values, int count, double divisor) {
    double inverse = 1.0 / divisor;
    for (int i = 0; i < count; i++) {
      double x = values[i];
      double q = x * inverse;
      double rest = Math.fma(-q, divisor, x);
      values[i] = Math.fma(rest, inverse, q);
    }
  }

  private static boolean isMantissa(long mantissa) {
    return mantissa > -MANTISSA_LIMIT && mantissa < MANTISSA_LIMIT;
  }

  /**
   * Whether Math.fma is an instruction here. Where it is not, the JDK computes it with BigDecimal,
   * some hundred times slower than even an interpreted division.
   */
  private static boolean probeFma() {
    double[] values = new double[512];
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 8; round++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }
      long start = System.nanoTime();
      divideByFma(values, values.length, 100);
      best = Math.min(best, System.nanoTime() - start);
    }
    return best < values.length * 200L;
  }
}
