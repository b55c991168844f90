package io.varve.bench.tsbs;

import java.util.SplittableRandom;

/**
 * How a number moves from step to step.
 *
 * @param kind what a step does
 * @param mean of a step
 * @param deviation of a step
 * @param low least value, and least first value
 * @param high greatest value, and greatest first value
 * @param first value; NaN for one between low and high
 */
record Walk(Kind kind, double mean, double deviation, double low, double high, double first) {
  enum Kind {
    /** Steps up and down, kept between low and high. */
    CLAMPED,
    /** Steps up only. */
    RISING,
    /** Steps up and down, without bounds. */
    FREE,
    /** Ten more at each step. */
    SECONDS,
    CONSTANT
  }

  static Walk clamped(double mean, double deviation, double low, double high, double first) {
    return new Walk(Kind.CLAMPED, mean, deviation, low, high, first);
  }

  static Walk rising(double mean) {
    return new Walk(Kind.RISING, mean, 1, 0, 0, 0);
  }

  static Walk constantIn(double low, double high) {
    return new Walk(Kind.CONSTANT, 0, 0, low, high, Double.NaN);
  }

  double start(SplittableRandom random) {
    return Double.isNaN(first) ? low + random.nextDouble() * (high - low) : first;
  }

  double next(double now, SplittableRandom random) {
    return switch (kind) {
      case CLAMPED -> Math.min(high, Math.max(low, now + mean + deviation * Noise.normal(random)));
      case RISING -> now + Math.abs(mean + deviation * Noise.normal(random));
      case FREE -> now + mean + deviation * Noise.normal(random);
      case SECONDS -> now + 10;
      case CONSTANT -> now;
    };
  }
}
