package io.varve.query.promql.function;

/**
 * A range function that needs a few samples of each window, and sees them once: the first ones are
 * noted down per step as they come, and a step is finished when the first sample behind its window
 * has come. No sample is kept. The beginnings and the ends of all windows are two sorted lists,
 * each walked once: O(steps) looks beside what the function itself does with a batch.
 */
abstract class RunningFunction implements RangeFunction {
  private static final SampleBatch NOTHING = new SampleBatch();

  private final SampleBatch whole = new SampleBatch();
  private final boolean needsFirst;
  private StepWindows windows = new StepWindows(0, 0, 1, 1);
  private StepValues out = new StepValues();
  private int[] places = new int[0];

  /** Steps whose windows' beginnings have been passed. */
  private int begun;

  /** Steps that are finished. */
  private int ended;

  /** Samples before the batch. */
  private long seen;

  private long lastMillis;
  private double lastValue;
  private long lastButOneMillis;
  private double lastButOneValue;

  /**
   * A function.
   *
   * @param needsFirst whether it wants {@link #noteFirst}
   */
  RunningFunction(boolean needsFirst) {
    this.needsFirst = needsFirst;
  }

  @Override
  public final void begin(StepWindows newWindows, double[][] parameters, StepValues newOut) {
    windows = newWindows;
    out = newOut;
    out.clear(windows.steps());
    if (places.length < windows.steps()) {
      places = new int[windows.steps()];
    }
    begun = 0;
    ended = 0;
    seen = 0;
    clear(windows.steps());
  }

  @Override
  public final void add(SampleBatch batch) {
    if (batch.count() == 0) {
      return;
    }
    look(batch);
    long last = batch.lastMillis();
    if (needsFirst) {
      int to = windows.stepsBeginningBefore(last);
      if (to > begun) {
        find(batch, windows.startMillis(begun), begun, to);
        noteFirst(batch, places, begun, to);
        begun = to;
      }
    }
    int to = windows.stepsEndingBefore(last);
    if (to > ended) {
      find(batch, windows.endMillis(ended), ended, to);
      finishSteps(batch, places, ended, to);
      ended = to;
    }
    int count = batch.count();
    if (count > 1) {
      lastButOneMillis = batch.timeMillis(count - 2);
      lastButOneValue = batch.values()[count - 2];
    } else {
      lastButOneMillis = lastMillis;
      lastButOneValue = lastValue;
    }
    lastMillis = last;
    lastValue = batch.values()[count - 1];
    seen += batch.samples(count);
  }

  @Override
  public final void finish() {
    int to = seen == 0 ? ended : needsFirst ? begun : windows.steps();
    for (int k = ended; k < to; k++) {
      places[k] = 0;
    }
    finishSteps(NOTHING, places, ended, to);
    ended = windows.steps();
  }

  @Override
  public final void evaluate(
      Samples samples, StepWindows newWindows, double[][] parameters, StepValues newOut) {
    begin(newWindows, parameters, newOut);
    whole.set(samples.timesMillis(), samples.values(), samples.count());
    add(whole);
    finish();
  }

  private void find(SampleBatch batch, long edgeMillis, int from, int to) {
    batch.placesAfter(edgeMillis, windows.stepMillis(), places, from, to);
  }

  /** Forgets the series before. */
  abstract void clear(int steps);

  /** Looks at a batch before anything is asked about it. */
  void look(SampleBatch batch) {}

  /**
   * Notes down what is needed of the first samples behind the beginnings of some steps' windows,
   * which may lie behind their ends.
   *
   * @param found their places, by step
   */
  void noteFirst(SampleBatch batch, int[] found, int from, int to) {}

  /**
   * Finishes steps.
   *
   * @param found the places behind the last samples of their windows, by step; at place 0 the last
   *     sample is that before the batch, which may lie before the window
   */
  abstract void finishSteps(SampleBatch batch, int[] found, int from, int to);

  final StepWindows windows() {
    return windows;
  }

  final StepValues out() {
    return out;
  }

  /** How many samples came before the batch. */
  final long seen() {
    return seen;
  }

  /** How many samples there are up to the one before a place. */
  final long samplesBefore(SampleBatch batch, int place) {
    return seen + batch.samples(place);
  }

  /** The time of the sample before a place; a time before all windows if there is none. */
  final long millisBefore(SampleBatch batch, int place) {
    if (place > 0) {
      return batch.timeMillis(place - 1);
    }
    return seen > 0 ? lastMillis : Long.MIN_VALUE;
  }

  final double valueBefore(SampleBatch batch, int place) {
    return place > 0 ? batch.values()[place - 1] : lastValue;
  }

  /** The time of the last but one sample before a place; before all windows if there is none. */
  final long millisTwoBefore(SampleBatch batch, int place) {
    if (place > 1) {
      return batch.timeMillis(place - 2);
    }
    if (place == 1) {
      return seen > 0 ? lastMillis : Long.MIN_VALUE;
    }
    return seen > 1 ? lastButOneMillis : Long.MIN_VALUE;
  }

  final double valueTwoBefore(SampleBatch batch, int place) {
    if (place > 1) {
      return batch.values()[place - 2];
    }
    return place == 1 ? lastValue : lastButOneValue;
  }
}
