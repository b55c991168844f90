package io.varve.storage.codec;

/**
 * Splits a column of doubles into decimal mantissas and exceptions, or finds that it is not
 * decimal.
 *
 * <p>The parser tells how many decimals it has seen; if that holds for all values, one pass is all.
 * Otherwise a sample decides the exponent: the one that makes mantissas plus exceptions smallest,
 * since a few values with more digits are cheaper as exceptions than a wide mantissa for all. For
 * one thread.
 */
public final class DoubleEncoder {
  private static final int SAMPLES = 32;
  private static final int EXCEPTION_SHARE = 16;
  private static final int EXCEPTION_BITS = 80;

  private final long[] mantissas;
  private final int[] exceptions;
  private final int[] sampleExponents = new int[SAMPLES];
  private int exceptionCount;

  public DoubleEncoder(int capacity) {
    mantissas = new long[capacity];
    exceptions = new int[capacity];
  }

  /**
   * Analyses doubles given by their bits.
   *
   * @param hint digits after the point that are likely enough, or anything above {@link
   *     Decimals#MAX_EXPONENT} if not known
   * @return the exponent, {@link Decimals#NOT_DECIMAL} if the bits are best stored as they are
   */
  public int split(long[] bits, int count, int hint) {
    int limit = count / EXCEPTION_SHARE;
    if (hint >= 0 && hint <= Decimals.MAX_EXPONENT) {
      exceptionCount = Decimals.toMantissas(bits, count, hint, mantissas, exceptions, limit);
      if (exceptionCount <= limit && allSpecial(bits)) {
        return hint;
      }
    }
    int exponent = sampleExponent(bits, count);
    if (exponent != Decimals.NOT_DECIMAL) {
      exceptionCount = Decimals.toMantissas(bits, count, exponent, mantissas, exceptions, limit);
      if (exceptionCount <= limit) {
        return exponent;
      }
      // The sample may have missed digits that only a few values have.
      exponent = Math.max(exponent, mostDigits(bits, count));
      exceptionCount = Decimals.toMantissas(bits, count, exponent, mantissas, exceptions, limit);
      if (exceptionCount <= limit) {
        return exponent;
      }
    }
    exceptionCount = 0;
    return Decimals.NOT_DECIMAL;
  }

  /** Mantissas of the last {@link #split}; entries of exceptions are fillers. */
  public long[] mantissas() {
    return mantissas;
  }

  public int exceptionCount() {
    return exceptionCount;
  }

  /** Ascending indexes of the exceptions. */
  public int[] exceptions() {
    return exceptions;
  }

  /** Whether no exponent could make decimals of the exceptions. */
  private boolean allSpecial(long[] bits) {
    for (int e = 0; e < exceptionCount; e++) {
      double value = Double.longBitsToDouble(bits[exceptions[e]]);
      if (value != 0 && Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private int sampleExponent(long[] bits, int count) {
    int samples = Math.min(count, SAMPLES);
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < samples; s++) {
      double value = Double.longBitsToDouble(bits[(int) ((long) s * count / samples)]);
      sampleExponents[s] = Decimals.exponentOf(value);
      if (sampleExponents[s] != Decimals.NOT_DECIMAL) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    int best = Decimals.NOT_DECIMAL;
    double bestBits = 64.0 * samples;
    for (int k = 0; k <= Decimals.MAX_EXPONENT; k++) {
      int misses = 0;
      boolean needed = false;
      for (int s = 0; s < samples; s++) {
        misses += sampleExponents[s] > k ? 1 : 0;
        needed |= sampleExponents[s] == k;
      }
      if (!needed) {
        continue;
      }
      double range = (max - min) * Decimals.power(k);
      double cost = samples * Math.log(range + 2) / Math.log(2) + (double) EXCEPTION_BITS * misses;
      if (cost < bestBits) {
        best = k;
        bestBits = cost;
      }
    }
    return best;
  }

  /** The greatest exponent that any of the values needs, of those that are decimals at all. */
  private static int mostDigits(long[] bits, int count) {
    int most = 0;
    for (int i = 0; i < count; i++) {
      double value = Double.longBitsToDouble(bits[i]);
      int k = most;
      while (k <= Decimals.MAX_EXPONENT && !Decimals.isExact(value, k)) {
        k++;
      }
      if (k <= Decimals.MAX_EXPONENT) {
        most = k;
      }
    }
    return most;
  }
}
