package io.varve.query.promql.function;

/** The last sample of each window, or its time; nothing if that marks the series as stale. */
final class LastOverTime extends RunningFunction {
  private static final double MILLIS = 1000;

  private final boolean time;

  /** The time in seconds if true, else the value. */
  LastOverTime(boolean time) {
    super(false);
    this.time = time;
  }

  @Override
  void clear(int steps) {}

  @Override
  void finishSteps(SampleBatch batch, int[] found, int from, int to) {
    int k = from;
    if (!time && batch.isSteadyWithin(windows().rangeMillis())) {
      while (k < to && found[k] == 0) {
        finishStep(batch, found[k], k);
        k++;
      }
      takeValues(batch.values(), found, k, to);
      return;
    }
    for (; k < to; k++) {
      finishStep(batch, found[k], k);
    }
  }

  private void finishStep(SampleBatch batch, int place, int step) {
    long millis = millisBefore(batch, place);
    if (millis > windows().startMillis(step)) {
      double value = valueBefore(batch, place);
      if (!StaleMarker.is(value)) {
        out().set(step, time ? millis / MILLIS : value);
      }
    }
  }

  /** The values before some places, each of which is in its window as the next is behind it. */
  private void takeValues(double[] values, int[] found, int from, int to) {
    double[] numbers = out().values();
    boolean mayBeStale = false;
    for (int k = from; k < to; k++) {
      double value = values[found[k] - 1];
      mayBeStale |= Double.isNaN(value);
      numbers[k] = value;
    }
    out().markPresent(from, to);
    for (int k = from; mayBeStale && k < to; k++) {
      if (StaleMarker.is(numbers[k])) {
        out().remove(k);
      }
    }
  }
}
