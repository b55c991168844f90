package io.varve.query.promql.function;

/** The number of samples in each window that has some, or 1 for it. */
final class CountOverTime extends RunningFunction {
  private final boolean presence;

  /** Samples before the first one. */
  private long[] before = new long[0];

  /** 1 if true, else the number. */
  CountOverTime(boolean presence) {
    super(true);
    this.presence = presence;
  }

  @Override
  void clear(int steps) {
    if (before.length < steps) {
      before = new long[steps];
    }
  }

  @Override
  void noteFirst(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      before[k] = samplesBefore(batch, found[k]);
    }
  }

  @Override
  void finishSteps(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      long count = samplesBefore(batch, found[k]) - before[k];
      if (count > 0) {
        out().set(k, presence ? 1 : (double) count);
      }
    }
  }
}
