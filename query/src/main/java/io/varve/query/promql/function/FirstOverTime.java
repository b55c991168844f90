package io.varve.query.promql.function;

/** The first sample of each window, or its time. */
final class FirstOverTime extends RunningFunction {
  private static final double MILLIS = 1000;

  private final boolean time;
  private long[] millis = new long[0];
  private double[] values = new double[0];

  /** The time in seconds if true, else the value. */
  FirstOverTime(boolean time) {
    super(true);
    this.time = time;
  }

  @Override
  void clear(int steps) {
    if (millis.length < steps) {
      millis = new long[steps];
      values = new double[steps];
    }
  }

  @Override
  void noteFirst(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      millis[k] = batch.timeMillis(found[k]);
      values[k] = batch.values()[found[k]];
    }
  }

  @Override
  void finishSteps(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      if (millis[k] <= windows().endMillis(k)) {
        out().set(k, time ? millis[k] / MILLIS : values[k]);
      }
    }
  }
}
