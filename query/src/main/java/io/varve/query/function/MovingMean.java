package io.varve.query.function;

/**
 * An exponential moving average of a period.
 *
 * <p>Until it has seen a period of values it is warming up: either a plain mean, or exponential
 * with a weight that fits the values seen so far.
 */
final class MovingMean {
  private final int period;
  private final double weight;
  private final boolean simpleWarmup;
  private int count;
  private double mean;

  MovingMean(int period, double weight, boolean simpleWarmup) {
    this.period = period;
    this.weight = weight;
    this.simpleWarmup = simpleWarmup;
  }

  /** The usual weight of the newest value. */
  static MovingMean of(int period, boolean simpleWarmup) {
    return new MovingMean(period, 2.0 / (period + 1), simpleWarmup);
  }

  void begin() {
    count = 0;
    mean = 0;
  }

  boolean isWarm() {
    return count == period;
  }

  double mean() {
    return mean;
  }

  double add(double value) {
    if (count == 0) {
      mean = value;
    } else if (isWarm()) {
      mean = (value - mean) * weight + mean;
    } else if (simpleWarmup) {
      mean = (mean * count + value) / (count + 1);
    } else {
      mean = (value - mean) * (2.0 / (count + 2)) + mean;
    }
    count = Math.min(period, count + 1);
    return mean;
  }
}
