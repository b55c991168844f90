package io.varve.bench.tsbs;

import java.util.SplittableRandom;

/** Random numbers that are the same on every JDK. */
final class Noise {
  private static final double SCALE = Math.sqrt(3) / 65536;

  private Noise() {}

  /** About N(0, 1): four uniform numbers of 16 bits, added up; never beyond 3.5. */
  static double normal(SplittableRandom random) {
    long bits = random.nextLong();
    long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
    return (sum - 131_070) * SCALE;
  }
}
