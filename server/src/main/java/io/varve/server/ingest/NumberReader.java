package io.varve.server.ingest;

import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the number of a field value: float, integer ({@code 12i}) or unsigned ({@code 12u}).
 *
 * <p>All digits go into one integer mantissa. If that is at most 2^53 and the power of ten at most
 * 22, both are exact doubles and one multiplication or division gives the correctly rounded value
 * (Clinger, 1990). Longer fractions are divided, too, and what that is wrong by is found exactly in
 * integers, see {@link #setLongFraction}. Everything else goes to {@link Double#parseDouble}. For
 * one thread; the result of {@link #read} stands in the fields until the next call.
 */
final class NumberReader {
  private static final String INVALID_NUMBER = "invalid number";
  private static final String INVALID_FLOAT = "invalid float";

  private static final long LARGEST_EXACT_MANTISSA = 1L << 53;
  private static final int MAX_DIGITS_IN_LONG = 19;
  private static final long TEN_TO_THE_19TH = Long.parseUnsignedLong("10000000000000000000");

  /** Far beyond any double, far below overflow of the sums it takes part in. */
  private static final int MAX_EXPONENT = 100_000;

  private static final double[] EXACT_POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private static final long[] POWERS_OF_FIVE = new long[EXACT_POWERS.length];

  static {
    for (int i = 0; i < POWERS_OF_FIVE.length; i++) {
      POWERS_OF_FIVE[i] = i == 0 ? 1 : 5 * POWERS_OF_FIVE[i - 1];
    }
  }

  private static final int MANTISSA_BITS = 52;
  private static final int EXPONENT_BIAS = 1023 + MANTISSA_BITS;

  private FieldType type = FieldType.FLOAT;
  private long bits;
  private double value;
  private int decimals;
  private int end;

  FieldType type() {
    return type;
  }

  /** The value of an INTEGER or UNSIGNED. */
  long bits() {
    return bits;
  }

  /** The value of a FLOAT. */
  double value() {
    return value;
  }

  /** As {@link PointBatch#addFloat} wants them. */
  int decimals() {
    return decimals;
  }

  /** Where the number ended. */
  int end() {
    return end;
  }

  /** Reads a number that ends at a comma, a space or the limit; answers what is wrong with it. */
  @Nullable String read(byte[] text, int start, int limit) {
    boolean negative = text[start] == '-';
    int i = negative ? start + 1 : start;
    int firstDigit = i;
    long mantissa = 0;
    while (i < limit && isDigit(text[i])) {
      mantissa = mantissa * 10 + (text[i] - '0');
      i++;
    }
    int digits = i - firstDigit;
    int fractionDigits = 0;
    if (i < limit && text[i] == '.') {
      int point = i++;
      while (i < limit && isDigit(text[i])) {
        mantissa = mantissa * 10 + (text[i] - '0');
        i++;
      }
      fractionDigits = i - point - 1;
      digits += fractionDigits;
    } else if (i < limit && (text[i] == 'i' || text[i] == 'u') && endsAt(text, i + 1, limit)) {
      end = i + 1;
      return digits == 0
          ? INVALID_NUMBER
          : text[i] == 'i'
              ? readInteger(text, start, firstDigit, i, mantissa)
              : readUnsigned(text, start, firstDigit, i, mantissa);
    }
    int exponent = 0;
    if (i < limit && (text[i] == 'e' || text[i] == 'E')) {
      i++;
      boolean negativeExponent = i < limit && text[i] == '-';
      if (i < limit && (text[i] == '-' || text[i] == '+')) {
        i++;
      }
      int firstExponentDigit = i;
      while (i < limit && isDigit(text[i])) {
        exponent = Math.min(MAX_EXPONENT, exponent * 10 + (text[i] - '0'));
        i++;
      }
      if (i == firstExponentDigit || digits == 0) {
        return INVALID_FLOAT;
      }
      exponent = negativeExponent ? -exponent : exponent;
    }
    if (digits == 0 || !endsAt(text, i, limit)) {
      return INVALID_NUMBER;
    }
    end = i;
    type = FieldType.FLOAT;
    boolean wrapped =
        digits > MAX_DIGITS_IN_LONG && significantDigits(text, firstDigit, i) > MAX_DIGITS_IN_LONG;
    if (wrapped
        || Long.compareUnsigned(mantissa, LARGEST_EXACT_MANTISSA) > 0
        || Math.abs(exponent - fractionDigits) >= EXACT_POWERS.length) {
      boolean set =
          !wrapped
              && mantissa > 0
              && setLongFraction(negative, mantissa, fractionDigits - exponent);
      return set ? null : readAnyFloat(text, start, i);
    }
    setExactFloat(negative, mantissa, exponent - fractionDigits);
    return null;
  }

  private void setExactFloat(boolean negative, long mantissa, int powerOfTen) {
    double magnitude =
        powerOfTen < 0 ? mantissa / EXACT_POWERS[-powerOfTen] : mantissa * EXACT_POWERS[powerOfTen];
    value = negative ? -magnitude : magnitude;
    int fraction = Math.max(0, -powerOfTen);
    long rest = mantissa;
    while (fraction > 0 && rest % 10 == 0) {
      rest /= 10;
      fraction--;
    }
    decimals = Math.min(fraction, PointBatch.UNKNOWN_DECIMALS);
  }

  /**
   * Sets {@code mantissa / 10^digits} if it can be told quickly.
   *
   * <p>Rounding the mantissa and the quotient {@code q = m * 2^-s} leaves an error of at most one
   * and a half units of the last place. So the rest {@code mantissa * 2^(s - digits) - m *
   * 5^digits} is at most {@code 1.5 * 5^digits}, which fits into 64 bits, though its terms do not:
   * they may overflow. It says by how much {@code q} is wrong, as {@code 5^digits} is one unit; and
   * as that is odd, nothing lies in the middle. Where the next smaller double is nearer than a
   * unit, at powers of two, this does not try.
   */
  private boolean setLongFraction(boolean negative, long mantissa, int digits) {
    if (digits < 1 || digits >= EXACT_POWERS.length) {
      return false;
    }
    double quotient = mantissa / EXACT_POWERS[digits];
    long quotientBits = Double.doubleToRawLongBits(quotient);
    long fraction = quotientBits & ((1L << MANTISSA_BITS) - 1);
    int shift = EXPONENT_BIAS - (int) (quotientBits >>> MANTISSA_BITS) - digits;
    if (fraction == 0 || shift < 0) {
      return false;
    }
    long unit = POWERS_OF_FIVE[digits];
    long shifted = shift < Long.SIZE ? mantissa << shift : 0;
    long twiceRest = 2 * (shifted - (fraction | 1L << MANTISSA_BITS) * unit);
    if (twiceRest > unit) {
      quotientBits++;
    } else if (twiceRest < -unit) {
      quotientBits--;
    }
    double magnitude = Double.longBitsToDouble(quotientBits);
    value = negative ? -magnitude : magnitude;
    decimals = PointBatch.UNKNOWN_DECIMALS;
    return true;
  }

  private @Nullable String readAnyFloat(byte[] text, int start, int stop) {
    value = Double.parseDouble(new String(text, start, stop - start, StandardCharsets.ISO_8859_1));
    decimals = PointBatch.UNKNOWN_DECIMALS;
    return Double.isInfinite(value) ? INVALID_FLOAT : null;
  }

  private @Nullable String readInteger(
      byte[] text, int start, int firstDigit, int stop, long mantissa) {
    boolean negative = firstDigit > start;
    boolean fits =
        significantDigits(text, firstDigit, stop) <= MAX_DIGITS_IN_LONG
            && (mantissa >= 0 || (negative && mantissa == Long.MIN_VALUE));
    if (!fits) {
      return outOfRange("unable to parse integer ", "strconv.ParseInt", text, start, stop);
    }
    type = FieldType.INTEGER;
    bits = negative ? -mantissa : mantissa;
    return null;
  }

  private @Nullable String readUnsigned(
      byte[] text, int start, int firstDigit, int stop, long mantissa) {
    if (firstDigit > start) {
      return INVALID_NUMBER;
    }
    // With twenty digits the sum has wrapped at most once, and then to less than ten to the 19th.
    int significant = significantDigits(text, firstDigit, stop);
    boolean fits =
        significant <= MAX_DIGITS_IN_LONG
            || (significant == MAX_DIGITS_IN_LONG + 1
                && text[stop - significant] == '1'
                && Long.compareUnsigned(mantissa, TEN_TO_THE_19TH) >= 0);
    if (!fits) {
      return outOfRange("unable to parse unsigned ", "strconv.ParseUint", text, start, stop);
    }
    type = FieldType.UNSIGNED;
    bits = mantissa;
    return null;
  }

  /** Digits from the first that is not zero on. */
  static int significantDigits(byte[] text, int from, int to) {
    int i = from;
    while (i < to && (text[i] == '0' || text[i] == '.')) {
      i++;
    }
    return to - i;
  }

  private static String outOfRange(String what, String how, byte[] text, int start, int stop) {
    String number = new String(text, start, stop - start, StandardCharsets.ISO_8859_1);
    return what + number + ": " + how + ": parsing \"" + number + "\": value out of range";
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean endsAt(byte[] text, int i, int limit) {
    return i >= limit || text[i] == ',' || text[i] == ' ';
  }
}
