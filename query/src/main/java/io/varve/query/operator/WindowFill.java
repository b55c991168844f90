package io.varve.query.operator;

import io.varve.query.function.Accumulator;
import io.varve.query.function.Vector;
import io.varve.query.function.WindowSpan;
import io.varve.storage.model.FieldType;

/** Reads the results of one call window by window and puts something into the empty ones. */
final class WindowFill {
  private static final byte[] EMPTY = new byte[0];

  private final Fill fill;
  private final boolean countsNothingAsZero;
  private final Accumulator results;
  private final WindowSpan span;
  private final Vector previous;
  private boolean descending;
  private long firstFilled;
  private boolean anyValue;
  private boolean hasPrevious;
  private long previousWindow;
  private final Vector following;
  private boolean searchedFollowing;
  private long followingWindow;

  /**
   * @param count whether the call is {@code count}, whose empty windows are 0 rather than null
   */
  WindowFill(Fill fill, boolean count, Accumulator results, WindowSpan span) {
    this.fill = fill;
    countsNothingAsZero = count && fill.mode() == Fill.Mode.NULL;
    this.results = results;
    this.span = span;
    previous = new Vector(results.type(), 1);
    following = new Vector(results.type(), 1);
  }

  /**
   * Starts with another group.
   *
   * @param lowest the first window to be filled; {@link Long#MIN_VALUE}: the first with a value
   */
  void begin(boolean descending, long lowest) {
    this.descending = descending;
    hasPrevious = false;
    searchedFollowing = false;
    previous.reset(1);
    firstFilled = lowest;
    anyValue = false;
    for (long window = span.first(); window <= span.last(); window++) {
      if (results.hasValue(span.slot(window))) {
        anyValue = true;
        firstFilled = lowest == Long.MIN_VALUE ? window : lowest;
        break;
      }
    }
  }

  /**
   * Reads windows in printing order.
   *
   * @param windowed false if there is no GROUP BY time, which leaves nothing to be filled
   */
  void read(long[] windows, int rows, Vector into, boolean windowed) {
    for (int row = 0; row < rows; row++) {
      long window = windows[row];
      int slot = span.slot(window);
      if (slot >= 0 && results.hasValue(slot)) {
        results.read(slot, into, row);
        previous.reset(1);
        previous.copy(0, into, row);
        hasPrevious = true;
        searchedFollowing = false;
        previousWindow = window;
      } else if (windowed && anyValue && window >= firstFilled) {
        fillIn(window, into, row);
      } else if (fill.mode() == Fill.Mode.NUMBER) {
        number(fill.number(), into, row);
      }
    }
  }

  private void fillIn(long window, Vector into, int row) {
    if (countsNothingAsZero) {
      into.setLong(row, 0);
      return;
    }
    switch (fill.mode()) {
      case NULL, NONE -> {
        return;
      }
      case NUMBER -> number(fill.number(), into, row);
      case PREVIOUS -> {
        if (hasPrevious) {
          into.copy(row, previous, 0);
        }
      }
      case LINEAR -> {
        if (hasPrevious) {
          line(window, into, row);
        }
      }
    }
  }

  private void number(double value, Vector into, int row) {
    switch (results.type()) {
      case FLOAT -> into.setDouble(row, value);
      case STRING -> into.setString(row, EMPTY);
      case BOOLEAN -> into.setLong(row, 0);
      case INTEGER, UNSIGNED -> into.setLong(row, (long) value);
    }
  }

  private void line(long window, Vector into, int row) {
    FieldType type = results.type();
    // The neighbour may be a window with points whose result is null, as that of stddev.
    if (type == FieldType.STRING
        || type == FieldType.BOOLEAN
        || previous.isAbsent()
        || !findFollowing(window)) {
      return;
    }
    double x = (double) (window - previousWindow);
    double width = (double) (followingWindow - previousWindow);
    if (type == FieldType.FLOAT) {
      double start = previous.doubles()[0];
      into.setDouble(row, (following.doubles()[0] - start) / width * x + start);
    } else {
      long start = previous.longs()[0];
      double slope = (double) (following.longs()[0] - start) / width;
      into.setLong(row, (long) (slope * x + (double) start));
    }
  }

  /** Looks for the next window in printing order that has a value, once per gap. */
  private boolean findFollowing(long window) {
    if (!searchedFollowing) {
      searchedFollowing = true;
      following.reset(1);
      long step = descending ? -1 : 1;
      for (long w = window + step; w >= span.first() && w <= span.last(); w += step) {
        if (results.hasValue(span.slot(w))) {
          followingWindow = w;
          results.read(span.slot(w), following, 0);
          break;
        }
      }
    }
    return !following.isAbsent();
  }
}
