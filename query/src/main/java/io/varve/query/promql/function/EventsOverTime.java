package io.varve.query.promql.function;

/** resets and changes: a running count of events per series, and differences of it per window. */
final class EventsOverTime extends RunningFunction {
  private final boolean anyChange;
  private long anchorMillis;

  /** Events from the first sample of the batch on, up to each place. */
  private int[] running = new int[0];

  /** Events up to the last sample before the batch. */
  private long beforeBatch;

  /** Events up to the first sample of the batch. */
  private long atFirst;

  /** Events up to the last sample of the batch. */
  private long atLast;

  /** Samples before the first one of each window. */
  private long[] before = new long[0];

  /** Events up to the first one of each window. */
  private long[] events = new long[0];

  /** Counts every change of the value if true, else only decreases. */
  EventsOverTime(boolean anyChange) {
    super(true);
    this.anyChange = anyChange;
  }

  /** Lets each window with samples begin with the last one before, if that is not too old. */
  EventsOverTime anchoredWithin(long lookbackMillis) {
    anchorMillis = lookbackMillis;
    return this;
  }

  @Override
  void clear(int steps) {
    atLast = 0;
    if (before.length < steps) {
      before = new long[steps];
      events = new long[steps];
    }
  }

  @Override
  void look(SampleBatch batch) {
    int count = batch.count();
    if (running.length < count) {
      running = new int[count];
    }
    double[] values = batch.values();
    beforeBatch = atLast;
    atFirst = beforeBatch + (seen() > 0 && isEvent(valueBefore(batch, 0), values[0]) ? 1 : 0);
    int found = 0;
    running[0] = 0;
    for (int i = 1; i < count; i++) {
      if (isEvent(values[i - 1], values[i])) {
        found++;
      }
      running[i] = found;
    }
    atLast = atFirst + found;
  }

  private boolean isEvent(double earlier, double value) {
    return anyChange
        ? value != earlier && !(Double.isNaN(value) && Double.isNaN(earlier))
        : value < earlier;
  }

  /** Events up to the sample before a place. */
  private long eventsBefore(SampleBatch batch, int place) {
    if (batch.count() == 0) {
      return atLast;
    }
    return place == 0 ? beforeBatch : atFirst + running[place - 1];
  }

  @Override
  void noteFirst(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      int place = found[k];
      before[k] = samplesBefore(batch, place);
      boolean anchored =
          anchorMillis > 0 && millisBefore(batch, place) > windows().startMillis(k) - anchorMillis;
      events[k] = anchored ? eventsBefore(batch, place) : atFirst + running[place];
    }
  }

  @Override
  void finishSteps(SampleBatch batch, int[] found, int from, int to) {
    for (int k = from; k < to; k++) {
      if (samplesBefore(batch, found[k]) > before[k]) {
        out().set(k, (double) (eventsBefore(batch, found[k]) - events[k]));
      }
    }
  }
}
