package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.StepValues;
import java.util.Arrays;

/**
 * At which steps there are elements of some labels: a row of bits for each. What an alternative of
 * a chain has can wait in a second row, as its elements are compared with those of the ones before
 * only. For one thread, but for looks at a table that does not change any more.
 */
final class PresenceTable {
  private final LabelsIndex labels = new LabelsIndex();
  private final SampleBudget.Hold hold;
  private final int steps;
  private final int wordsPerRow;
  private long[] settled = new long[0];
  private long[] waiting = new long[0];

  /** Whether any row waits. */
  private boolean anyWaits;

  PresenceTable(Steps steps, SampleBudget.Hold hold) {
    this.hold = hold;
    this.steps = steps.count();
    this.wordsPerRow = (this.steps + Long.SIZE - 1) / Long.SIZE;
  }

  /** The row of some labels; negative if they have none. */
  int find(Labels wanted) {
    return labels.find(wanted);
  }

  /** Adds the steps of an element. */
  void add(Labels added, StepValues values) {
    int row = row(added);
    settled = withRoom(settled);
    addTo(settled, row, values);
  }

  /** Adds the steps of an element when {@link #settle} is called; answers its row. */
  int addLater(Labels added, StepValues values) {
    int row = row(added);
    waiting = withRoom(waiting);
    addTo(waiting, row, values);
    anyWaits = true;
    return row;
  }

  /** Adds what has waited. */
  void settle() {
    if (!anyWaits) {
      return;
    }
    settled = withRoom(settled);
    for (int i = 0; i < labels.count() * wordsPerRow; i++) {
      settled[i] |= waiting[i];
    }
    Arrays.fill(waiting, 0);
    anyWaits = false;
  }

  /** Keeps the values at steps at which a row has elements, or has none. */
  void filter(int row, StepValues values, boolean wanted) {
    long[] presence = values.presence();
    int at = row * wordsPerRow;
    for (int w = 0; w < wordsPerRow; w++) {
      long there = row >= 0 && at + w < settled.length ? settled[at + w] : 0;
      presence[w] &= wanted ? there : ~there;
    }
  }

  private int row(Labels wanted) {
    int known = labels.count();
    int row = labels.add(wanted);
    if (row == known) {
      hold.takeSeries(steps);
    }
    return row;
  }

  private long[] withRoom(long[] rows) {
    int needed = labels.count() * wordsPerRow;
    return needed <= rows.length ? rows : Arrays.copyOf(rows, Math.max(16, 2 * needed));
  }

  private void addTo(long[] rows, int row, StepValues values) {
    long[] presence = values.presence();
    int at = row * wordsPerRow;
    for (int w = 0; w < wordsPerRow; w++) {
      rows[at + w] |= presence[w];
    }
  }
}
