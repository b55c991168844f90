package io.varve.query.function;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.util.Arrays;

/**
 * {@code min}, {@code max}, {@code first} and {@code last}: the value of one chosen point.
 *
 * <p>The time of that point is kept; see {@link ExtremeAccumulator} for where nobody asks for it.
 * The choice between two points does not depend on the order in which they come: the earlier one of
 * equal extremes, the greater one of values at the same first or last time. So series can be added
 * in any order and chunks be answered from their statistics.
 */
final class SelectorAccumulator extends Accumulator {
  /** Which point is chosen. */
  enum Choice {
    MIN,
    MAX,
    FIRST,
    LAST
  }

  private final Choice choice;
  private final FieldType type;
  private final boolean byValue;
  private final long flip;
  private long[] bits = new long[0];
  private long[] times = new long[0];
  private byte[][] strings = new byte[0][];
  private int[] chosenRows = new int[0];

  SelectorAccumulator(Choice choice, FieldType type) {
    this.choice = choice;
    this.type = type;
    byValue = choice == Choice.MIN || choice == Choice.MAX;
    flip = type == FieldType.UNSIGNED ? Long.MIN_VALUE : 0;
  }

  @Override
  public FieldType type() {
    return type;
  }

  @Override
  public void add(DenseColumn column, WindowSpan span) {
    int[] start = column.runStart();
    long[] window = column.runWindow();
    if (chosenRows.length < column.runCount()) {
      chosenRows = new int[column.runCount()];
    }
    for (int r = 0; r < column.runCount(); r++) {
      int slot = span.slot(window[r]);
      int index = choose(column, start[r], start[r + 1]);
      long time = column.timestampNanos(index);
      boolean chosen =
          switch (type) {
            case FLOAT -> offer(slot, Double.doubleToRawLongBits(column.doubles()[index]), time);
            case STRING -> offerString(slot, column.strings()[index], time);
            default -> offer(slot, column.longs()[index], time);
          };
      chosenRows[r] = chosen ? column.row(index) : -1;
    }
  }

  @Override
  public int chosenRow(int run) {
    return chosenRows[run];
  }

  private int choose(DenseColumn column, int from, int to) {
    return switch (choice) {
      case FIRST -> from;
      case LAST -> to - 1;
      case MIN ->
          type == FieldType.FLOAT
              ? Kernels.minIndex(column.doubles(), from, to)
              : Kernels.minIndex(column.longs(), from, to, flip);
      case MAX ->
          type == FieldType.FLOAT
              ? Kernels.maxIndex(column.doubles(), from, to)
              : Kernels.maxIndex(column.longs(), from, to, flip);
    };
  }

  @Override
  public boolean addStats(ColumnStats stats, int slot, long firstNanos, long lastNanos) {
    switch (choice) {
      case FIRST -> offer(slot, stats.firstBits(), firstNanos);
      case LAST -> offer(slot, stats.lastBits(), lastNanos);
      default -> {
        long candidate = choice == Choice.MIN ? stats.minBits() : stats.maxBits();
        // Where in the batch the extreme lies is unknown; if it loses anyway, it does not matter.
        return counts[slot] > 0 && compare(candidate, bits[slot]) == loses();
      }
    }
    return true;
  }

  @Override
  public boolean isMergeable() {
    return true;
  }

  @Override
  public void merge(Accumulator other, int otherSlot, int slot) {
    SelectorAccumulator from = (SelectorAccumulator) other;
    if (type == FieldType.STRING) {
      offerString(slot, from.strings[otherSlot], from.times[otherSlot]);
    } else {
      offer(slot, from.bits[otherSlot], from.times[otherSlot]);
    }
  }

  private int loses() {
    return choice == Choice.MIN ? 1 : -1;
  }

  private boolean offer(int slot, long candidate, long time) {
    if (counts[slot] == 0 || isBetter(slot, compare(candidate, bits[slot]), time)) {
      counts[slot] = 1;
      bits[slot] = candidate;
      times[slot] = time;
      return true;
    }
    return false;
  }

  private boolean offerString(int slot, byte[] candidate, long time) {
    if (counts[slot] == 0
        || isBetter(slot, Arrays.compareUnsigned(candidate, strings[slot]), time)) {
      counts[slot] = 1;
      strings[slot] = candidate.clone();
      times[slot] = time;
      return true;
    }
    return false;
  }

  private boolean isBetter(int slot, int comparison, long time) {
    if (byValue) {
      return comparison == -loses() || (comparison == 0 && time < times[slot]);
    }
    if (time == times[slot]) {
      return comparison > 0;
    }
    return choice == Choice.FIRST ? time < times[slot] : time > times[slot];
  }

  /** -1, 0 or 1. */
  private int compare(long left, long right) {
    if (type != FieldType.FLOAT) {
      return Long.compare(left ^ flip, right ^ flip);
    }
    double a = Double.longBitsToDouble(left);
    double b = Double.longBitsToDouble(right);
    return a < b ? -1 : (a > b ? 1 : 0);
  }

  @Override
  public void read(int slot, Vector into, int row) {
    switch (type) {
      case FLOAT -> into.setDouble(row, Double.longBitsToDouble(bits[slot]));
      case STRING -> into.setString(row, strings[slot]);
      default -> into.setLong(row, bits[slot]);
    }
  }

  @Override
  public long timestampNanos(int slot) {
    return times[slot];
  }

  @Override
  void move(int used, int shift, int capacity) {
    super.move(used, shift, capacity);
    times = moved(times, used, shift, capacity);
    if (type == FieldType.STRING) {
      byte[][] target = strings.length < capacity ? new byte[capacity][] : strings;
      System.arraycopy(strings, 0, target, shift, used);
      strings = target;
    } else {
      bits = moved(bits, used, shift, capacity);
    }
  }

  @Override
  public int bytesPerWindow() {
    return 3 * Long.BYTES;
  }
}
