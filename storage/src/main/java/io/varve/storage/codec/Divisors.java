package io.varve.storage.codec;

/**
 * What numbers have in common, by Euclid's algorithm: a division a step, of which there are some 90
 * at most.
 */
public final class Divisors {
  private Divisors() {}

  /** The greatest common divisor of two numbers from 0 on; 0 if both are. */
  public static long greatestCommon(long one, long other) {
    long a = one;
    long b = other;
    while (b != 0) {
      long rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }
}
