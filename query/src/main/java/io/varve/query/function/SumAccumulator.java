package io.varve.query.function;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;

/** {@code sum} and {@code mean}. Sums of integers wrap around; a mean is always a float. */
abstract class SumAccumulator extends Accumulator {
  private SumAccumulator() {}

  static Accumulator of(FieldType input, boolean mean) {
    return input == FieldType.FLOAT ? new OfDoubles(mean) : new OfLongs(input, mean);
  }

  @Override
  public int bytesPerWindow() {
    return 2 * Long.BYTES;
  }

  private static final class OfDoubles extends SumAccumulator {
    private final boolean mean;
    private double[] sums = new double[0];

    OfDoubles(boolean mean) {
      this.mean = mean;
    }

    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }

    @Override
    public void add(DenseColumn column, WindowSpan span) {
      int[] start = column.runStart();
      long[] window = column.runWindow();
      double[] values = column.doubles();
      for (int r = 0; r < column.runCount(); r++) {
        int slot = span.slot(window[r]);
        double initial = counts[slot] == 0 ? 0 : sums[slot];
        sums[slot] = Kernels.sum(values, start[r], start[r + 1], initial);
        counts[slot] += start[r + 1] - start[r];
      }
    }

    @Override
    public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
      double sum = Double.longBitsToDouble(stats.sumBits());
      sums[slot] = counts[slot] == 0 ? sum : sums[slot] + sum;
      counts[slot] += stats.count();
      return true;
    }

    @Override
    public boolean isMergeable() {
      return true;
    }

    @Override
    public void merge(Accumulator other, int otherSlot, int slot) {
      OfDoubles from = (OfDoubles) other;
      sums[slot] = counts[slot] == 0 ? from.sums[otherSlot] : sums[slot] + from.sums[otherSlot];
      counts[slot] += from.counts[otherSlot];
    }

    @Override
    public void read(int slot, Vector into, int row) {
      into.setDouble(row, mean ? sums[slot] / counts[slot] : sums[slot]);
    }

    @Override
    void move(int used, int shift, int capacity) {
      super.move(used, shift, capacity);
      sums = moved(sums, used, shift, capacity);
    }
  }

  private static final class OfLongs extends SumAccumulator {
    private final FieldType input;
    private final boolean mean;
    private long[] sums = new long[0];

    OfLongs(FieldType input, boolean mean) {
      this.input = input;
      this.mean = mean;
    }

    @Override
    public FieldType type() {
      return mean ? FieldType.FLOAT : input;
    }

    @Override
    public void add(DenseColumn column, WindowSpan span) {
      int[] start = column.runStart();
      long[] window = column.runWindow();
      long[] values = column.longs();
      for (int r = 0; r < column.runCount(); r++) {
        int slot = span.slot(window[r]);
        long sum = Kernels.sum(values, start[r], start[r + 1]);
        sums[slot] = counts[slot] == 0 ? sum : sums[slot] + sum;
        counts[slot] += start[r + 1] - start[r];
      }
    }

    @Override
    public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
      sums[slot] = counts[slot] == 0 ? stats.sumBits() : sums[slot] + stats.sumBits();
      counts[slot] += stats.count();
      return true;
    }

    @Override
    public boolean isMergeable() {
      return true;
    }

    @Override
    public void merge(Accumulator other, int otherSlot, int slot) {
      OfLongs from = (OfLongs) other;
      sums[slot] = counts[slot] == 0 ? from.sums[otherSlot] : sums[slot] + from.sums[otherSlot];
      counts[slot] += from.counts[otherSlot];
    }

    @Override
    public void read(int slot, Vector into, int row) {
      if (mean) {
        double sum =
            input == FieldType.UNSIGNED
                ? Numbers.unsignedToDouble(sums[slot])
                : (double) sums[slot];
        into.setDouble(row, sum / counts[slot]);
      } else {
        into.setLong(row, sums[slot]);
      }
    }

    @Override
    void move(int used, int shift, int capacity) {
      super.move(used, shift, capacity);
      sums = moved(sums, used, shift, capacity);
    }
  }
}
