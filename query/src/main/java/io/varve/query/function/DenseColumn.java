package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column of one batch without gaps, cut into runs of one window each: what the
 * kernels of {@link Accumulator} see.
 *
 * <p>A column without nulls and filters lends its arrays; others are compacted once into arrays of
 * this object, so that no kernel ever looks at a bitmap. Timestamps are fetched only when a
 * function asks for one that the batch does not know by heart.
 */
public final class DenseColumn {
  // What follows is made when a column has to be compacted for the first time.
  private double[] compactDoubles = {};
  private long[] compactLongs = {};
  private byte[][] compactStrings = {};
  private int[] positions = {};
  private int[] compactStart = {};
  private long[] compactWindow = {};

  private double[] doubles = compactDoubles;
  private long[] longs = compactLongs;
  private byte[][] strings = compactStrings;
  private FieldType type = FieldType.FLOAT;
  private int size;
  private boolean whole;
  private @Nullable ColumnBatch batch;

  private int runCount;
  private int[] runStart = compactStart;
  private long[] runWindow = compactWindow;

  /**
   * Takes the values of a column.
   *
   * @param mask the rows that count, those with a value among them; null for all
   */
  public void load(ColumnBatch batch, Column column, long @Nullable [] mask, RowRuns runs) {
    this.batch = batch;
    type = column.type();
    whole = mask == null;
    if (mask == null) {
      size = batch.rowCount();
      runCount = runs.count();
      runStart = runs.starts();
      runWindow = runs.windows();
      switch (type) {
        case FLOAT -> doubles = column.doubles();
        case STRING -> strings = column.strings();
        default -> longs = column.longs();
      }
      return;
    }
    if (positions.length == 0) {
      positions = new int[ColumnBatch.MAX_ROWS];
      compactStart = new int[ColumnBatch.MAX_ROWS + 1];
      compactWindow = new long[ColumnBatch.MAX_ROWS];
    }
    size = Bitmap.positions(mask, batch.rowCount(), positions);
    if (size > 0) {
      compact(column);
      compactRuns(runs);
    }
  }

  private void compact(Column column) {
    switch (type) {
      case FLOAT -> {
        double[] from = column.doubles();
        compactDoubles =
            compactDoubles.length == 0 ? new double[ColumnBatch.MAX_ROWS] : compactDoubles;
        for (int i = 0; i < size; i++) {
          compactDoubles[i] = from[positions[i]];
        }
        doubles = compactDoubles;
      }
      case STRING -> {
        byte[][] from = column.strings();
        compactStrings =
            compactStrings.length == 0 ? new byte[ColumnBatch.MAX_ROWS][] : compactStrings;
        for (int i = 0; i < size; i++) {
          compactStrings[i] = from[positions[i]];
        }
        strings = compactStrings;
      }
      default -> {
        long[] from = column.longs();
        compactLongs = compactLongs.length == 0 ? new long[ColumnBatch.MAX_ROWS] : compactLongs;
        for (int i = 0; i < size; i++) {
          compactLongs[i] = from[positions[i]];
        }
        longs = compactLongs;
      }
    }
  }

  private void compactRuns(RowRuns runs) {
    int n = 0;
    int value = 0;
    for (int r = 0; r < runs.count(); r++) {
      int end = runs.starts()[r + 1];
      int first = value;
      while (value < size && positions[value] < end) {
        value++;
      }
      if (value > first) {
        compactWindow[n] = runs.windows()[r];
        compactStart[n++] = first;
      }
    }
    compactStart[n] = size;
    runCount = n;
    runStart = compactStart;
    runWindow = compactWindow;
  }

  public FieldType type() {
    return type;
  }

  /** Number of values; the other methods may be asked only if it is not 0. */
  public int size() {
    return size;
  }

  public double[] doubles() {
    return doubles;
  }

  public long[] longs() {
    return longs;
  }

  public byte[][] strings() {
    return strings;
  }

  /**
   * Number of runs; run {@code r} holds values {@code runStart()[r]} to {@code runStart()[r + 1]}.
   */
  public int runCount() {
    return runCount;
  }

  public int[] runStart() {
    return runStart;
  }

  /** The window of each run, strictly ascending. */
  public long[] runWindow() {
    return runWindow;
  }

  /** The row of the batch that value {@code index} comes from. */
  public int row(int index) {
    return whole ? index : positions[index];
  }

  /** When value {@code index} was measured. */
  public long timestampNanos(int index) {
    ColumnBatch source = batch;
    if (source == null) {
      throw new IllegalStateException("no column loaded");
    }
    int row = row(index);
    if (row == 0) {
      return source.firstTimestampNanos();
    }
    return row == source.rowCount() - 1
        ? source.lastTimestampNanos()
        : source.timestampsNanos()[row];
  }
}
