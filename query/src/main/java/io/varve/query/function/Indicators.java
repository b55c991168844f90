package io.varve.query.function;

import java.util.Arrays;

/** The indicators; their definitions are those of the charting literature. */
final class Indicators {
  private Indicators() {}

  /** Averages of averages; each starts when the one before is warm, at once if exponential. */
  private static final class Chain {
    private final MovingMean[] means;
    private final boolean simple;
    private final double[] results;

    Chain(int period, int depth, boolean simple) {
      means = new MovingMean[depth];
      Arrays.setAll(means, i -> MovingMean.of(period, simple));
      results = new double[depth];
      this.simple = simple;
    }

    void begin() {
      for (MovingMean mean : means) {
        mean.begin();
      }
    }

    /** The results of all averages; one that has not started repeats the one before. */
    double[] add(double value) {
      double current = value;
      boolean started = true;
      for (int i = 0; i < means.length; i++) {
        if (started) {
          current = means[i].add(current);
          started = !simple || means[i].isWarm();
        }
        results[i] = current;
      }
      return results;
    }
  }

  /** Exponential moving average, single, double or triple. */
  static final class Exponential implements Indicator {
    private final Chain chain;
    private final int hold;

    Exponential(int period, int depth, boolean simple) {
      chain = new Chain(period, depth, simple);
      hold = (period - 1) * (simple ? depth : 1);
    }

    @Override
    public void begin() {
      chain.begin();
    }

    @Override
    public double add(double value) {
      double[] means = chain.add(value);
      return switch (means.length) {
        case 1 -> means[0];
        case 2 -> 2 * means[0] - means[1];
        default -> 3 * means[0] - 3 * means[1] + means[2];
      };
    }

    @Override
    public int defaultHold() {
      return hold;
    }
  }

  /** Rate of change, in percent, of a triple moving average. */
  static final class TripleRate implements Indicator {
    private final Chain chain;
    private final int hold;
    private double previous;

    TripleRate(int period, boolean simple) {
      chain = new Chain(period, 3, simple);
      hold = (period - 1) * (simple ? 3 : 1) + 1;
    }

    @Override
    public void begin() {
      chain.begin();
      previous = 0;
    }

    @Override
    public double add(double value) {
      double current = chain.add(value)[2];
      double rate = (current / previous - 1) * 100;
      previous = current;
      return rate;
    }

    @Override
    public int defaultHold() {
      return hold;
    }
  }

  /** Averages of gains against losses: the relative strength index, or the smoothed momentum. */
  static final class Strength implements Indicator {
    private final MovingMean gains;
    private final MovingMean losses;
    private final boolean momentum;
    private final int hold;
    private double previous;

    Strength(int period, boolean simple, boolean momentum) {
      gains = new MovingMean(period + 1, 1.0 / period, simple);
      losses = new MovingMean(period + 1, 1.0 / period, simple);
      this.momentum = momentum;
      hold = period;
    }

    @Override
    public void begin() {
      gains.begin();
      losses.begin();
      previous = 0;
    }

    @Override
    public double add(double value) {
      double up = gains.add(value > previous ? value - previous : 0);
      double down = losses.add(value < previous ? previous - value : 0);
      previous = value;
      return momentum ? 100 * ((up - down) / (up + down)) : 100 - 100 / (1 + up / down);
    }

    @Override
    public int defaultHold() {
      return hold;
    }
  }

  /** Kaufman's efficiency ratio, distance by way, and the moving average that adapts to it. */
  static final class Kaufman implements Indicator {
    private static final double SLOW = 2.0 / 31.0;

    /** 2/3 - 2/31 rounded once. */
    private static final double FASTER = 56.0 / 93.0;

    private final double[] prices;
    private final double[] steps;
    private final boolean adaptive;
    private int newest;
    private int count;
    private double way;
    private double mean;

    Kaufman(int period, boolean adaptive) {
      prices = new double[period];
      steps = new double[period];
      this.adaptive = adaptive;
    }

    @Override
    public void begin() {
      Arrays.fill(prices, 0);
      Arrays.fill(steps, 0);
      newest = 0;
      count = 0;
      way = 0;
    }

    @Override
    public double add(double value) {
      if (count <= prices.length) {
        mean = prices[newest];
      }
      double ratio = ratio(value);
      if (!adaptive) {
        return ratio;
      }
      double weight = ratio * FASTER + SLOW;
      mean += weight * weight * (value - mean);
      return mean;
    }

    private double ratio(double value) {
      int oldest = newest + 1 == prices.length ? 0 : newest + 1;
      double distance = Math.abs(value - prices[oldest]);
      double step = Math.abs(value - prices[newest]);
      way += step - steps[oldest];
      prices[oldest] = value;
      steps[oldest] = step;
      newest = oldest;
      count = Math.min(prices.length + 1, count + 1);
      return distance == 0 || way == 0 ? 0 : distance / way;
    }

    @Override
    public int defaultHold() {
      return prices.length;
    }
  }

  /** Chande's momentum oscillator: gains less losses by their sum, in percent. */
  static final class Momentum implements Indicator {
    private final double[] steps;
    private double previous;
    private double gains;
    private double losses;
    private int position;
    private boolean started;

    Momentum(int period) {
      steps = new double[Math.max(1, period - 1)];
    }

    @Override
    public void begin() {
      Arrays.fill(steps, 0);
      gains = 0;
      losses = 0;
      position = 0;
      started = false;
    }

    @Override
    public double add(double value) {
      double step = started ? value - previous : 0;
      started = true;
      previous = value;
      gains += Math.max(0, step);
      losses += Math.max(0, -step);
      double result = gains != 0 || losses != 0 ? 100 * ((gains - losses) / (gains + losses)) : 0;
      position = position + 1 == steps.length ? 0 : position + 1;
      gains -= Math.max(0, steps[position]);
      losses -= Math.max(0, -steps[position]);
      steps[position] = step;
      return result;
    }

    @Override
    public int defaultHold() {
      return steps.length;
    }
  }
}
