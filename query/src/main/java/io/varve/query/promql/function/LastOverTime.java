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
    StepValues out = out();
    for (int k = from; k < to; k++) {
      long millis = millisBefore(batch, found[k]);
      if (millis > windows().startMillis(k)) {
        double value = valueBefore(batch, found[k]);
        if (!StaleMarker.is(value)) {
          out.set(k, time ? millis / MILLIS : value);
        }
      }
    }
  }
}
