package io.varve.query.promql.function;

/** resets and changes: a running count of events per series, and differences of it per window. */
final class EventsOverTime extends WindowedFunction {
  private final boolean anyChange;
  private int[] running = new int[0];

  /** Counts every change of the value if true, else only decreases. */
  EventsOverTime(boolean anyChange) {
    this.anyChange = anyChange;
  }

  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    double[] values = samples.values();
    int count = samples.count();
    if (running.length < count) {
      running = new int[values.length];
    }
    int events = 0;
    for (int i = 1; i < count; i++) {
      double value = values[i];
      double before = values[i - 1];
      if (anyChange
          ? value != before && !(Double.isNaN(value) && Double.isNaN(before))
          : value < before) {
        events++;
      }
      running[i] = events;
    }
    for (int k = 0; k < windows.steps(); k++) {
      int from = edges.from[k];
      int to = edges.to[k];
      if (from < to) {
        out.set(k, running[to - 1] - running[from]);
      }
    }
  }
}
