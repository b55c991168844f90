package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;

/**
 * Functions of a value and the one before. Of several values at one time only the first counts:
 * series that share a group may well have points at the same times.
 */
abstract class Differences extends Transformation {
  private boolean hasPrevious;
  private long previousNanos;

  private Differences() {}

  static Transformation of(FieldType type, boolean nonNegative) {
    return type == FieldType.FLOAT ? new OfDoubles(nonNegative) : new OfLongs(type, nonNegative);
  }

  @Override
  public void begin() {
    hasPrevious = false;
  }

  @Override
  protected final void next(long timestampNanos, Column in, int row, Vector into) {
    if (hasPrevious && timestampNanos == previousNanos) {
      return;
    }
    if (hasPrevious) {
      compare(timestampNanos - previousNanos, in, row, into);
    }
    keep(in, row);
    hasPrevious = true;
    previousNanos = timestampNanos;
  }

  /** Writes what there is to say about a value and the one kept. */
  abstract void compare(long elapsedNanos, Column in, int row, Vector into);

  abstract void keep(Column in, int row);

  private static final class OfDoubles extends Differences {
    private final boolean nonNegative;
    private double previous;

    OfDoubles(boolean nonNegative) {
      this.nonNegative = nonNegative;
    }

    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }

    @Override
    void compare(long elapsedNanos, Column in, int row, Vector into) {
      double difference = in.doubles()[row] - previous;
      if (!nonNegative || !(difference < 0)) {
        into.setDouble(row, difference);
      }
    }

    @Override
    void keep(Column in, int row) {
      previous = in.doubles()[row];
    }
  }

  private static final class OfLongs extends Differences {
    private final FieldType type;
    private final boolean nonNegative;
    private long previous;

    OfLongs(FieldType type, boolean nonNegative) {
      this.type = type;
      this.nonNegative = nonNegative;
    }

    @Override
    public FieldType type() {
      return type;
    }

    @Override
    void compare(long elapsedNanos, Column in, int row, Vector into) {
      long value = in.longs()[row];
      boolean negative =
          type == FieldType.UNSIGNED
              ? Long.compareUnsigned(value, previous) < 0
              : value - previous < 0;
      if (!nonNegative || !negative) {
        into.setLong(row, value - previous);
      }
    }

    @Override
    void keep(Column in, int row) {
      previous = in.longs()[row];
    }
  }

  /** {@code derivative}: the difference per unit of time. */
  static final class Derivative extends Differences {
    private final FieldType input;
    private final double unitNanos;
    private final boolean nonNegative;
    private final boolean descending;
    private double previousDouble;
    private long previousLong;

    Derivative(FieldType input, long unitNanos, boolean nonNegative, boolean descending) {
      this.input = input;
      this.unitNanos = unitNanos;
      this.nonNegative = nonNegative;
      this.descending = descending;
    }

    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }

    @Override
    void compare(long elapsedNanos, Column in, int row, Vector into) {
      double elapsed = descending ? -elapsedNanos : elapsedNanos;
      double derivative = difference(in, row) / (elapsed / unitNanos);
      if (!nonNegative || !(derivative < 0)) {
        into.setDouble(row, derivative);
      }
    }

    private double difference(Column in, int row) {
      if (input == FieldType.FLOAT) {
        return in.doubles()[row] - previousDouble;
      }
      long value = in.longs()[row];
      if (input == FieldType.INTEGER) {
        return value - previousLong;
      }
      return Long.compareUnsigned(value, previousLong) >= 0
          ? Numbers.unsignedToDouble(value - previousLong)
          : -Numbers.unsignedToDouble(previousLong - value);
    }

    @Override
    void keep(Column in, int row) {
      if (input == FieldType.FLOAT) {
        previousDouble = in.doubles()[row];
      } else {
        previousLong = in.longs()[row];
      }
    }
  }
}
