package io.varve.query.function;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;

/** {@code spread}: the greatest value less the smallest. */
final class SpreadAccumulator extends Accumulator {
  private final FieldType type;
  private final long flip;
  private long[] minima = new long[0];
  private long[] maxima = new long[0];

  SpreadAccumulator(FieldType type) {
    this.type = type;
    flip = type == FieldType.UNSIGNED ? Long.MIN_VALUE : 0;
  }

  @Override
  public FieldType type() {
    return type;
  }

  @Override
  public void add(DenseColumn column, WindowSpan span) {
    int[] start = column.runStart();
    for (int r = 0; r < column.runCount(); r++) {
      int slot = span.slot(column.runWindow()[r]);
      if (type == FieldType.FLOAT) {
        double[] values = column.doubles();
        include(
            slot,
            Double.doubleToRawLongBits(values[Kernels.minIndex(values, start[r], start[r + 1])]),
            Double.doubleToRawLongBits(values[Kernels.maxIndex(values, start[r], start[r + 1])]));
      } else {
        long[] values = column.longs();
        include(
            slot,
            values[Kernels.minIndex(values, start[r], start[r + 1], flip)],
            values[Kernels.maxIndex(values, start[r], start[r + 1], flip)]);
      }
      counts[slot] += start[r + 1] - start[r];
    }
  }

  @Override
  public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
    include(slot, stats.minBits(), stats.maxBits());
    counts[slot] += stats.count();
    return true;
  }

  @Override
  public boolean isMergeable() {
    return true;
  }

  @Override
  public void merge(Accumulator other, int otherSlot, int slot) {
    SpreadAccumulator from = (SpreadAccumulator) other;
    include(slot, from.minima[otherSlot], from.maxima[otherSlot]);
    counts[slot] += from.counts[otherSlot];
  }

  private void include(int slot, long min, long max) {
    if (counts[slot] == 0 || isLess(min, minima[slot])) {
      minima[slot] = min;
    }
    if (counts[slot] == 0 || isLess(maxima[slot], max)) {
      maxima[slot] = max;
    }
  }

  private boolean isLess(long left, long right) {
    return type == FieldType.FLOAT
        ? Double.longBitsToDouble(left) < Double.longBitsToDouble(right)
        : (left ^ flip) < (right ^ flip);
  }

  @Override
  public void read(int slot, Vector into, int row) {
    if (type == FieldType.FLOAT) {
      into.setDouble(
          row, Double.longBitsToDouble(maxima[slot]) - Double.longBitsToDouble(minima[slot]));
    } else {
      into.setLong(row, maxima[slot] - minima[slot]);
    }
  }

  @Override
  void move(int used, int shift, int capacity) {
    super.move(used, shift, capacity);
    minima = moved(minima, used, shift, capacity);
    maxima = moved(maxima, used, shift, capacity);
  }

  @Override
  public int bytesPerWindow() {
    return 3 * Long.BYTES;
  }
}
