package io.varve.query.promql.function;

/**
 * rate, increase and delta: the change from the first to the last sample of a window, extrapolated
 * to the window's edges as Prometheus does.
 *
 * <p>Each window adds the values before the resets of a counter inside it one by one; differences
 * of running sums would be faster where resets abound, but would lose digits, and a counter seldom
 * resets. O(samples + steps + resets in all windows), of which the samples are looked at for resets
 * only.
 */
final class ExtrapolatedRate extends RunningFunction {
  private static final double MILLIS = 1000;

  /** So many resets are worth looking for some to forget. */
  private static final int MANY_RESETS = 1024;

  private final boolean counter;
  private final boolean perSecond;
  private final Resets resets = new Resets();
  private int manyResets;

  /** The reset that is the first one a window may want. */
  private int reset;

  private long[] firstMillis = new long[0];
  private double[] firstValues = new double[0];

  /** Samples before the first one. */
  private long[] before = new long[0];

  private ExtrapolatedRate(boolean counter, boolean perSecond) {
    super(true);
    this.counter = counter;
    this.perSecond = perSecond;
  }

  static ExtrapolatedRate rate() {
    return new ExtrapolatedRate(true, true);
  }

  static ExtrapolatedRate increase() {
    return new ExtrapolatedRate(true, false);
  }

  static ExtrapolatedRate delta() {
    return new ExtrapolatedRate(false, false);
  }

  @Override
  void clear(int steps) {
    resets.clear();
    reset = 0;
    manyResets = MANY_RESETS;
    if (before.length < steps) {
      firstMillis = new long[steps];
      firstValues = new double[steps];
      before = new long[steps];
    }
  }

  @Override
  public long heldSamples() {
    return resets.count();
  }

  @Override
  void look(SampleBatch batch) {
    if (counter) {
      resets.find(batch, seen(), valueBefore(batch, 0));
    }
  }

  @Override
  void noteFirst(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      firstMillis[k] = batch.timeMillis(found[k]);
      firstValues[k] = batch.values()[found[k]];
      before[k] = samplesBefore(batch, found[k]);
    }
  }

  @Override
  void finishSteps(SampleBatch batch, int[] found, int from, int to) {
    StepWindows windows = windows();
    double rangeSeconds = windows.rangeMillis() / MILLIS;
    for (int k = from; k < to; k++) {
      int place = found[k];
      long upTo = samplesBefore(batch, place);
      long distances = upTo - before[k] - 1;
      if (distances < 1) {
        continue;
      }
      double first = firstValues[k];
      double change = valueBefore(batch, place) - first;
      if (reset < resets.count()) {
        reset = resets.firstBehind(before[k], reset);
        for (int r = reset; r < resets.count() && resets.samplesBefore(r) < upTo; r++) {
          change += resets.valueBefore(r);
        }
      }
      double firstPerChange =
          counter && change > 0 && first >= 0 ? first / change : Double.POSITIVE_INFINITY;
      double factor =
          Extrapolation.factor(
              firstMillis[k],
              millisBefore(batch, place),
              distances,
              windows.startMillis(k),
              windows.endMillis(k),
              firstPerChange);
      if (perSecond) {
        factor /= rangeSeconds;
      }
      out().set(k, change * factor);
    }
    if (resets.count() >= manyResets && from < to) {
      forgetResets(before[to - 1]);
    }
  }

  /** Windows that are still to end begin no earlier than the last one that has. */
  private void forgetResets(long samples) {
    resets.removeBefore(resets.firstBehind(samples, reset));
    reset = 0;
    manyResets = Math.max(MANY_RESETS, 2 * resets.count());
  }
}
