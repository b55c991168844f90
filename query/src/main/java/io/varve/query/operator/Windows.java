package io.varve.query.operator;

import io.varve.query.function.RowRuns;
import io.varve.storage.ColumnBatch;

/**
 * How time is cut into windows: window {@code i} covers {@code [start(i), start(i + 1))}.
 *
 * <p>Windows are numbered in time order; numbers may be negative. Not thread-safe.
 */
public abstract class Windows {
  /** Below this many rows per window a step from row to row beats a search for the border. */
  private static final int SEARCH_FROM_ROWS = 16;

  /** The window a time falls into. */
  public abstract long indexOf(long timestampNanos);

  /** First nanosecond of a window, {@link Long#MIN_VALUE} if it lies before all time. */
  public abstract long start(long index);

  /** First nanosecond behind a window, {@link Long#MAX_VALUE} if it lies behind all time. */
  public long end(long index) {
    return start(index + 1);
  }

  /** Whether a window has the same number whatever was asked before. */
  boolean isNumberedFromEpoch() {
    return true;
  }

  /** The same for another thread; windows that have been numbered keep their numbers. */
  Windows copy() {
    return this;
  }

  /** One window, number 0, over all of time. */
  public static Windows whole() {
    return new Windows() {
      @Override
      public long indexOf(long timestampNanos) {
        return 0;
      }

      @Override
      public long start(long index) {
        return index <= 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
    };
  }

  /**
   * Windows of equal width, counted from the epoch plus an offset.
   *
   * @param widthNanos positive
   * @param offsetNanos of any size and sign
   */
  public static Windows tumbling(long widthNanos, long offsetNanos) {
    return new Tumbling(widthNanos, Math.floorMod(offsetNanos, widthNanos));
  }

  /** Cuts the rows of a batch at window borders. */
  public final void cut(ColumnBatch batch, RowRuns runs) {
    runs.clear();
    int rows = batch.rowCount();
    long first = batch.firstTimestampNanos();
    long last = batch.lastTimestampNanos();
    long window = indexOf(first);
    runs.add(0, window);
    if (window == indexOf(last)) {
      runs.finish(rows);
    } else if (batch.isSteady() && last - first > 0) {
      cutSteady(first, last, rows, runs);
    } else {
      cutAny(batch, runs);
    }
  }

  /** Goes on behind the first run, by adding: the times need not be known. */
  private void cutSteady(long first, long last, int rows, RowRuns runs) {
    long step = (last - first) / (rows - 1);
    long end = end(indexOf(first));
    while (end <= last) {
      // The first row that is not before the end.
      int border = (int) ((end - first - 1) / step) + 1;
      long window = indexOf(first + border * step);
      runs.add(border, window);
      end = end(window);
    }
    runs.finish(rows);
  }

  private void cutAny(ColumnBatch batch, RowRuns runs) {
    int rows = batch.rowCount();
    long[] times = batch.timestampsNanos();
    long end = end(indexOf(times[0]));
    int guess = SEARCH_FROM_ROWS;
    int row = 1;
    while (row < rows) {
      int border = border(times, row, rows, end, guess);
      if (border == rows) {
        break;
      }
      guess = border - row + 1;
      long window = indexOf(times[border]);
      end = end(window);
      runs.add(border, window);
      row = border + 1;
    }
    runs.finish(rows);
  }

  /** The first row from {@code row} on whose time is not below {@code end}. */
  private static int border(long[] times, int row, int rows, long end, int guess) {
    int from = row;
    if (guess >= SEARCH_FROM_ROWS) {
      int step = guess;
      while (from + step < rows && times[from + step] < end) {
        from += step;
        step <<= 1;
      }
      int high = Math.min(rows, from + step + 1);
      while (from < high) {
        int middle = (from + high) >>> 1;
        if (times[middle] < end) {
          from = middle + 1;
        } else {
          high = middle;
        }
      }
      return from;
    }
    while (from < rows && times[from] < end) {
      from++;
    }
    return from;
  }

  private static final class Tumbling extends Windows {
    private final long width;
    private final long offset;

    Tumbling(long width, long offset) {
      this.width = width;
      this.offset = offset;
    }

    @Override
    public long indexOf(long timestampNanos) {
      long index = Math.floorDiv(timestampNanos, width);
      return timestampNanos - index * width < offset ? index - 1 : index;
    }

    @Override
    public long start(long index) {
      // From the border that lies nearer to zero, so that only what is out of range overflows.
      long nearer = index < 0 ? index + 1 : index;
      long base = nearer * width;
      long start = index < 0 ? base - (width - offset) : base + offset;
      boolean overflows =
          Math.multiplyHigh(nearer, width) != base >> 63
              || (index < 0 ? start > base : start < base);
      if (overflows) {
        return index < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
      return start;
    }
  }
}
