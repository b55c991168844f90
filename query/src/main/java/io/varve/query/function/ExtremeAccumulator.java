package io.varve.query.function;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;

/**
 * {@code min} and {@code max} where only the value counts, not when it was measured: a third of the
 * work of {@link SelectorAccumulator} for windows of a few values.
 */
abstract class ExtremeAccumulator extends Accumulator {
  private ExtremeAccumulator() {}

  static Accumulator of(FieldType input, boolean greatest) {
    return input == FieldType.FLOAT ? new OfDoubles(greatest) : new OfLongs(input, greatest);
  }

  abstract void merge(ExtremeAccumulator other, int otherSlot, int slot);

  @Override
  public final boolean isMergeable() {
    return true;
  }

  @Override
  public final void merge(Accumulator other, int otherSlot, int slot) {
    merge((ExtremeAccumulator) other, otherSlot, slot);
  }

  @Override
  public final int bytesPerWindow() {
    return 2 * Long.BYTES;
  }

  /** Of equal values, -0.0 and 0.0 among them, the one that came first. */
  private static final class OfDoubles extends ExtremeAccumulator {
    private final boolean greatest;
    private double[] extremes = new double[0];

    OfDoubles(boolean greatest) {
      this.greatest = greatest;
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
        double extreme =
            greatest
                ? Kernels.max(values, start[r], start[r + 1])
                : Kernels.min(values, start[r], start[r + 1]);
        offer(span.slot(window[r]), extreme);
      }
    }

    private void offer(int slot, double candidate) {
      double extreme = extremes[slot];
      if (counts[slot] == 0 || (greatest ? candidate > extreme : candidate < extreme)) {
        counts[slot] = 1;
        extremes[slot] = candidate;
      }
    }

    @Override
    public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
      offer(slot, Double.longBitsToDouble(greatest ? stats.maxBits() : stats.minBits()));
      return true;
    }

    @Override
    void merge(ExtremeAccumulator other, int otherSlot, int slot) {
      offer(slot, ((OfDoubles) other).extremes[otherSlot]);
    }

    @Override
    public void read(int slot, Vector into, int row) {
      into.setDouble(row, extremes[slot]);
    }

    @Override
    void move(int used, int shift, int capacity) {
      super.move(used, shift, capacity);
      extremes = moved(extremes, used, shift, capacity);
    }
  }

  /** Bits are turned so that the greatest is always what is looked for. */
  private static final class OfLongs extends ExtremeAccumulator {
    private final FieldType type;
    private final boolean greatest;
    private final long turn;
    private long[] extremes = new long[0];

    OfLongs(FieldType type, boolean greatest) {
      this.type = type;
      this.greatest = greatest;
      turn = (type == FieldType.UNSIGNED ? Long.MIN_VALUE : 0) ^ (greatest ? 0 : -1);
    }

    @Override
    public FieldType type() {
      return type;
    }

    @Override
    public void add(DenseColumn column, WindowSpan span) {
      int[] start = column.runStart();
      long[] window = column.runWindow();
      long[] values = column.longs();
      for (int r = 0; r < column.runCount(); r++) {
        offer(span.slot(window[r]), Kernels.max(values, start[r], start[r + 1], turn));
      }
    }

    private void offer(int slot, long candidate) {
      extremes[slot] = counts[slot] == 0 ? candidate : Math.max(candidate, extremes[slot]);
      counts[slot] = 1;
    }

    @Override
    public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
      offer(slot, (greatest ? stats.maxBits() : stats.minBits()) ^ turn);
      return true;
    }

    @Override
    void merge(ExtremeAccumulator other, int otherSlot, int slot) {
      offer(slot, ((OfLongs) other).extremes[otherSlot]);
    }

    @Override
    public void read(int slot, Vector into, int row) {
      into.setLong(row, extremes[slot] ^ turn);
    }

    @Override
    void move(int used, int shift, int capacity) {
      super.move(used, shift, capacity);
      extremes = moved(extremes, used, shift, capacity);
    }
  }
}
