package io.varve.query.promql.function;

/** irate and idelta: the change between the last two samples of a window. */
final class InstantRate extends RunningFunction {
  private static final double MILLIS = 1000;

  private final boolean counter;

  /** irate if true (a drop is a reset, the result is per second), else idelta. */
  InstantRate(boolean counter) {
    super(false);
    this.counter = counter;
  }

  @Override
  void clear(int steps) {}

  @Override
  void finishSteps(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      int place = found[k];
      long beforeMillis = millisTwoBefore(batch, place);
      long distance = millisBefore(batch, place) - beforeMillis;
      if (beforeMillis <= windows().startMillis(k) || distance == 0) {
        continue;
      }
      double value = valueBefore(batch, place);
      double before = valueTwoBefore(batch, place);
      if (!counter) {
        out().set(k, value - before);
      } else {
        double change = value < before ? value : value - before;
        out().set(k, change / (distance / MILLIS));
      }
    }
  }
}
