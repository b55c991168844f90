package io.varve.query.function;

import io.varve.storage.model.FieldType;
import java.util.Arrays;

/** The functions over all values of a window. */
final class CollectedFunctions {
  private CollectedFunctions() {}

  /** {@code median}: the middle value, or halfway between the two in the middle. */
  static final class Median extends ValueCollector {
    Median(FieldType input, StateMemory memory) {
      super(input, false, memory);
    }

    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }

    @Override
    public void read(int slot, Vector into, int row) {
      int count = gather(slot);
      long[] sorted = sorted(count);
      long high = sorted[count / 2];
      if (count % 2 == 1) {
        into.setDouble(row, asDouble(high));
        return;
      }
      long low = sorted[count / 2 - 1];
      // The keys of integers differ as the integers themselves do.
      double distance =
          input() == FieldType.FLOAT
              ? asDouble(high) - asDouble(low)
              : Numbers.unsignedToDouble(high - low);
      into.setDouble(row, asDouble(low) + distance / 2);
    }

    private double asDouble(long key) {
      return switch (input()) {
        case FLOAT -> SortableBits.toDouble(key);
        case UNSIGNED -> Numbers.unsignedToDouble(key ^ Long.MIN_VALUE);
        default -> key;
      };
    }
  }

  /** {@code mode}: the most frequent value, of several the one seen first. */
  static final class Mode extends ValueCollector {
    Mode(FieldType input, StateMemory memory) {
      super(input, true, memory);
    }

    @Override
    public FieldType type() {
      return input();
    }

    @Override
    public void read(int slot, Vector into, int row) {
      int count = gather(slot);
      long[] sorted = sorted(count);
      long[] candidates = new long[count];
      int candidateCount = 0;
      int most = 0;
      for (int i = 0; i < count; ) {
        int end = i + 1;
        while (end < count && sorted[end] == sorted[i]) {
          end++;
        }
        if (end - i > most) {
          most = end - i;
          candidateCount = 0;
        }
        if (end - i == most) {
          candidates[candidateCount++] = sorted[i];
        }
        i = end;
      }
      if (input() == FieldType.BOOLEAN) {
        // The greater one: InfluxDB looks at times for other types only.
        write(candidates[candidateCount - 1], into, row);
        return;
      }
      boolean tie = most > 1 && candidateCount > 1;
      write(tie ? earliest(candidates, candidateCount, count) : candidates[0], into, row);
    }

    private long earliest(long[] candidates, int candidateCount, int count) {
      long best = candidates[0];
      long bestTime = Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        long value = gathered()[i];
        long time = gatheredTimes()[i];
        boolean sooner = time < bestTime || (time == bestTime && value < best);
        if (sooner && Arrays.binarySearch(candidates, 0, candidateCount, value) >= 0) {
          best = value;
          bestTime = time;
        }
      }
      return best;
    }
  }

  /** {@code count(distinct())}. */
  static final class CountDistinct extends ValueCollector {
    CountDistinct(FieldType input, StateMemory memory) {
      super(input, false, memory);
    }

    @Override
    public FieldType type() {
      return FieldType.INTEGER;
    }

    @Override
    public void read(int slot, Vector into, int row) {
      int count = gather(slot);
      long[] sorted = sorted(count);
      int distinct = 1;
      for (int i = 1; i < count; i++) {
        distinct += sorted[i] == sorted[i - 1] ? 0 : 1;
      }
      into.setLong(row, distinct);
    }
  }

  /** {@code percentile}: the value of the nearest rank; none if there is no such rank. */
  static final class Percentile extends ValueCollector {
    private final double percent;

    Percentile(FieldType input, double percent, boolean keepsTime, StateMemory memory) {
      super(input, keepsTime, memory);
      this.percent = percent;
    }

    @Override
    public FieldType type() {
      return input();
    }

    @Override
    public boolean hasValue(int slot) {
      return counts[slot] > 0 && Ranks.nearest(counts[slot], percent) >= 0;
    }

    @Override
    public void read(int slot, Vector into, int row) {
      int count = gather(slot);
      write(sorted(count)[(int) Ranks.nearest(count, percent)], into, row);
    }

    @Override
    public long timestampNanos(int slot) {
      int count = gather(slot);
      long[] sorted = sorted(count);
      int rank = (int) Ranks.nearest(count, percent);
      long value = sorted[rank];
      int before = 0;
      while (sorted[before] != value) {
        before++;
      }
      // Points of equal value rank by their times.
      long[] equal = new long[count];
      int equals = 0;
      for (int i = 0; i < count; i++) {
        if (gathered()[i] == value) {
          equal[equals++] = gatheredTimes()[i];
        }
      }
      Arrays.sort(equal, 0, equals);
      return equal[rank - before];
    }
  }
}
