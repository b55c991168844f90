package io.varve.query;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The shortest decimal that reads back as a given double, and of those the closest to it.
 *
 * <p>After Raffaello Giulietti, "The Schubfach way to render doubles" (2020): the doubles next to v
 * bound an interval in which every decimal reads back as v. Scaled by the one power of ten that
 * makes the interval at least 2 and less than 20 units wide, it holds a multiple of ten units or,
 * if not, the unit below or above v. Three multiplications by a 128-bit approximation of that
 * power, rounded to odd, decide this exactly; quarter units keep the halves visible.
 *
 * <p>The powers (10^-292 to 10^324) are computed when first needed, a few microseconds each:
 * building all 617 at start-up costs tens of milliseconds, and data needs a few dozen. For one
 * thread; the shared table is written racily but with immutable entries.
 */
public final class ShortestDecimal {
  private static final int MANTISSA_BITS = 52;
  private static final int EXPONENT_BIAS = 1075;
  private static final long HIDDEN_BIT = 1L << MANTISSA_BITS;

  private static final int MIN_POWER = -292;
  private static final int MAX_POWER = 324;

  /** 10^k as {@code (high * 2^64 + low) * 2^e}, rounded up, with the top bit of high set. */
  private record Power(long high, long low) {}

  private static final @Nullable Power[] POWERS = new @Nullable Power[MAX_POWER - MIN_POWER + 1];

  private long digits;
  private int exponent;

  /** The digits as an integer without trailing zeros. */
  public long digits() {
    return digits;
  }

  /** The decimal is {@link #digits} times ten to this power. */
  public int exponent() {
    return exponent;
  }

  /** Finds the decimal for a positive finite value. */
  public void find(double value) {
    long bits = Double.doubleToRawLongBits(value);
    long fraction = bits & (HIDDEN_BIT - 1);
    int biased = (int) (bits >>> MANTISSA_BITS);
    long mantissa = biased == 0 ? fraction : fraction | HIDDEN_BIT;
    int binaryExponent = Math.max(biased, 1) - EXPONENT_BIAS;
    boolean closerBelow = fraction == 0 && biased > 1;
    search(mantissa, binaryExponent, closerBelow);
    stripZeros();
  }

  private void search(long mantissa, int q, boolean closerBelow) {
    int k = closerBelow ? floorLog10ThreeQuartersOfPow2(q) : floorLog10OfPow2(q);
    int shift = q + floorLog2OfPow10(-k) + 1;
    Power power = power(-k);
    long quarters = mantissa << 2;
    long atValue = multiplyRoundingToOdd(power, quarters << shift);
    long atLower = multiplyRoundingToOdd(power, (quarters - (closerBelow ? 1 : 2)) << shift);
    long atUpper = multiplyRoundingToOdd(power, (quarters + 2) << shift);
    long odd = mantissa & 1;
    long lower = atLower + odd;
    long upper = atUpper - odd;

    long unit = atValue >>> 2;
    if (unit >= 10) {
      long ten = unit / 10;
      boolean below = lower <= 40 * ten;
      boolean above = 40 * ten + 40 <= upper;
      if (below != above) {
        digits = below ? ten : ten + 1;
        exponent = k + 1;
        return;
      }
    }
    boolean below = lower <= 4 * unit;
    boolean above = 4 * unit + 4 <= upper;
    exponent = k;
    if (below != above) {
      digits = below ? unit : unit + 1;
    } else {
      long middle = 4 * unit + 2;
      boolean up = atValue > middle || (atValue == middle && (unit & 1) != 0);
      digits = up ? unit + 1 : unit;
    }
  }

  private void stripZeros() {
    while (digits % 10_000 == 0) {
      digits /= 10_000;
      exponent += 4;
    }
    while (digits % 10 == 0) {
      digits /= 10;
      exponent++;
    }
  }

  /** The upper 64 bits of the product, with the lowest set if anything but zero was cut off. */
  private static long multiplyRoundingToOdd(Power power, long factor) {
    long lowHigh = unsignedMultiplyHigh(power.low, factor);
    long middle = power.high * factor;
    long high = unsignedMultiplyHigh(power.high, factor);
    long sum = middle + lowHigh;
    if (Long.compareUnsigned(sum, middle) < 0) {
      high++;
    }
    // The power is rounded up by less than one unit, which can show as a 1 and no more.
    return Long.compareUnsigned(sum, 1) > 0 ? high | 1 : high;
  }

  /** Math.unsignedMultiplyHigh of later JDKs; the factor is never negative here. */
  private static long unsignedMultiplyHigh(long any, long factor) {
    return Math.multiplyHigh(any, factor) + ((any >> 63) & factor);
  }

  private static int floorLog10OfPow2(int e) {
    return (e * 1_262_611) >> 22;
  }

  private static int floorLog10ThreeQuartersOfPow2(int e) {
    return (e * 1_262_611 - 524_031) >> 22;
  }

  private static int floorLog2OfPow10(int e) {
    return (e * 1_741_647) >> 19;
  }

  private static Power power(int k) {
    Power power = POWERS[k - MIN_POWER];
    if (power == null) {
      power = computePower(k);
      POWERS[k - MIN_POWER] = power;
    }
    return power;
  }

  private static Power computePower(int k) {
    int shift = 127 - floorLog2OfPow10(k);
    BigInteger numerator = BigInteger.TEN.pow(Math.max(k, 0)).shiftLeft(Math.max(shift, 0));
    BigInteger denominator = BigInteger.TEN.pow(Math.max(-k, 0)).shiftLeft(Math.max(-shift, 0));
    BigInteger[] parts = numerator.divideAndRemainder(denominator);
    BigInteger value = parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
    return new Power(value.shiftRight(64).longValue(), value.longValue());
  }
}
