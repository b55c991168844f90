package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.Arrays;

/** Functions that keep a running total, or only the time. */
final class RunningFunctions {
  private RunningFunctions() {}

  /** {@code cumulative_sum}; integers wrap around. */
  static final class CumulativeSum extends Transformation {
    private final FieldType type;
    private double doubles;
    private long longs;

    CumulativeSum(FieldType type) {
      this.type = type;
    }

    @Override
    public FieldType type() {
      return type;
    }

    @Override
    public void begin() {
      doubles = 0;
      longs = 0;
    }

    @Override
    protected void next(long timestampNanos, Column in, int row, Vector into) {
      if (type == FieldType.FLOAT) {
        doubles += in.doubles()[row];
        into.setDouble(row, doubles);
      } else {
        longs += in.longs()[row];
        into.setLong(row, longs);
      }
    }
  }

  /** {@code moving_average}: the mean of the last values, from the first full set of them on. */
  static final class MovingAverage extends Transformation {
    private static final int MAX_INITIAL = 1024;

    private final FieldType input;
    private final int size;
    private double[] doubles = new double[0];
    private long[] longs = new long[0];
    private double doubleSum;
    private long longSum;
    private int count;
    private int position;

    MovingAverage(FieldType input, int size) {
      this.input = input;
      this.size = size;
    }

    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }

    @Override
    public void begin() {
      doubleSum = 0;
      longSum = 0;
      count = 0;
      position = 0;
    }

    @Override
    protected void next(long timestampNanos, Column in, int row, Vector into) {
      if (input == FieldType.FLOAT) {
        doubles = room(doubles);
        doubleSum += in.doubles()[row] - (count == size ? doubles[position] : 0);
        doubles[position] = in.doubles()[row];
      } else {
        longs = room(longs);
        longSum += in.longs()[row] - (count == size ? longs[position] : 0);
        longs[position] = in.longs()[row];
      }
      count = Math.min(size, count + 1);
      position = position + 1 == size ? 0 : position + 1;
      if (count == size) {
        into.setDouble(row, sum() / size);
      }
    }

    private double sum() {
      return switch (input) {
        case FLOAT -> doubleSum;
        case UNSIGNED -> Numbers.unsignedToDouble(longSum);
        default -> longSum;
      };
    }

    private int grown(int length) {
      return (int) Math.min(size, Math.max(MAX_INITIAL, length * 2L));
    }

    private double[] room(double[] array) {
      return position < array.length ? array : Arrays.copyOf(array, grown(array.length));
    }

    private long[] room(long[] array) {
      return position < array.length ? array : Arrays.copyOf(array, grown(array.length));
    }
  }

  /** {@code elapsed}: whole units of time since the value before. */
  static final class Elapsed extends Transformation {
    private final long unitNanos;
    private boolean hasPrevious;
    private long previousNanos;

    Elapsed(long unitNanos) {
      this.unitNanos = unitNanos;
    }

    @Override
    public FieldType type() {
      return FieldType.INTEGER;
    }

    @Override
    public void begin() {
      hasPrevious = false;
    }

    @Override
    protected void next(long timestampNanos, Column in, int row, Vector into) {
      if (hasPrevious) {
        into.setLong(row, (timestampNanos - previousNanos) / unitNanos);
      }
      hasPrevious = true;
      previousNanos = timestampNanos;
    }
  }
}
