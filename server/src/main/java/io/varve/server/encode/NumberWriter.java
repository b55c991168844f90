package io.varve.server.encode;

import io.varve.query.ShortestDecimal;

/**
 * Writes doubles as Go does: the shortest digits that read back as the same value.
 *
 * <p>Most metrics are whole numbers or have few decimals, so the cheap tests come first: is it a
 * whole number below 2^53, is it a multiple of a thousandth or a millionth with at most 15 digits
 * (any two such decimals are different doubles, so what divides back to the value is its shortest
 * form), and only then {@link ShortestDecimal}. For one thread.
 */
final class NumberWriter {
  private static final double LARGEST_WHOLE = 9_007_199_254_740_992.0;
  private static final double MAX_FIFTEEN_DIGITS = 1e15;
  private static final double SMALLEST_PLAIN = 1e-6;
  private static final double SMALLEST_EXPONENTIAL = 1e21;

  private final ByteWriter out;
  private final ShortestDecimal shortest = new ShortestDecimal();

  NumberWriter(ByteWriter out) {
    this.out = out;
  }

  /** Writes a finite value; with an exponent below 1e-6 and from 1e21 on. */
  void writeJson(double value) {
    write(value, true);
  }

  /** Writes a finite value, never with an exponent. */
  void writePlain(double value) {
    write(value, false);
  }

  private void write(double value, boolean mayUseExponent) {
    out.reserve(ByteWriter.MAX_RESERVE);
    double magnitude = Math.abs(value);
    if (Double.doubleToRawLongBits(value) < 0) {
      out.put('-');
    }
    long whole = (long) magnitude;
    if (whole == magnitude && magnitude < LARGEST_WHOLE) {
      out.writeUnsigned(whole);
      return;
    }
    if (magnitude >= SMALLEST_PLAIN
        && (writeMultiple(magnitude, 1_000, 3) || writeMultiple(magnitude, 1_000_000, 6))) {
      return;
    }
    shortest.find(magnitude);
    if (mayUseExponent && (magnitude < SMALLEST_PLAIN || magnitude >= SMALLEST_EXPONENTIAL)) {
      putExponential(shortest.digits(), shortest.exponent());
    } else {
      putPlain(shortest.digits(), shortest.exponent());
    }
  }

  private boolean writeMultiple(double magnitude, int scale, int decimals) {
    double scaled = magnitude * scale;
    if (scaled >= MAX_FIFTEEN_DIGITS) {
      return false;
    }
    long mantissa = (long) (scaled + 0.5);
    // Multiplying rounds once; what is off by more than that is no multiple, and needs no division.
    if (Math.abs(scaled - mantissa) > scaled * 0x1p-50 || (double) mantissa / scale != magnitude) {
      return false;
    }
    long whole = mantissa / scale;
    int fraction = (int) (mantissa - whole * scale);
    out.writeUnsigned(whole);
    out.put('.');
    if (decimals == 3) {
      out.putThousandths(fraction);
    } else {
      out.putDigits(fraction / 1_000, 3);
      out.putThousandths(fraction % 1_000);
    }
    return true;
  }

  private void putPlain(long digits, int exponent) {
    int count = ByteWriter.countDigits(digits);
    if (exponent >= 0) {
      out.writeUnsigned(digits);
      putZeros(exponent);
    } else if (count > -exponent) {
      long scale = ByteWriter.powerOfTen(-exponent);
      long whole = digits / scale;
      out.writeUnsigned(whole);
      out.put('.');
      out.putDigits(digits - whole * scale, -exponent);
    } else {
      out.put('0');
      out.put('.');
      putZeros(-exponent - count);
      out.writeUnsigned(digits);
    }
  }

  private void putExponential(long digits, int exponent) {
    int count = ByteWriter.countDigits(digits);
    long scale = ByteWriter.powerOfTen(count - 1);
    long first = digits / scale;
    out.put('0' + (int) first);
    if (count > 1) {
      out.put('.');
      out.putDigits(digits - first * scale, count - 1);
    }
    int power = exponent + count - 1;
    out.put('e');
    out.put(power < 0 ? '-' : '+');
    int size = Math.abs(power);
    out.putPadded(size, size < 100 ? 2 : 3);
  }

  private void putZeros(int count) {
    for (int i = 0; i < count; i++) {
      out.put('0');
    }
  }
}
