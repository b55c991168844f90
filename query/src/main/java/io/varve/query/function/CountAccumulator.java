package io.varve.query.function;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;

/** {@code count}: how many values there are, of any type. */
final class CountAccumulator extends Accumulator {
  @Override
  public FieldType type() {
    return FieldType.INTEGER;
  }

  @Override
  public void add(DenseColumn column, WindowSpan span) {
    int[] start = column.runStart();
    long[] window = column.runWindow();
    for (int r = 0; r < column.runCount(); r++) {
      counts[span.slot(window[r])] += start[r + 1] - start[r];
    }
  }

  @Override
  public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
    counts[slot] += stats.count();
    return true;
  }

  @Override
  public boolean isMergeable() {
    return true;
  }

  @Override
  public void merge(Accumulator other, int otherSlot, int slot) {
    counts[slot] += other.counts[otherSlot];
  }

  @Override
  public void read(int slot, Vector into, int row) {
    into.setLong(row, counts[slot]);
  }

  @Override
  public int bytesPerWindow() {
    return Long.BYTES;
  }
}
