package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.ColumnBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads ordered rows into a block of its own. For one thread; several may read the same rows, as
 * long as these do not change.
 */
final class RowReader {
  private static final int TILE_ROWS = 64;

  private final RowLayout layout;

  /** What keys differ by from times. */
  private final long flip;

  private final Block block;
  private final @Nullable Vector[] vectors;
  private final RunColumn[] tags;
  private final long[] times = new long[ColumnBatch.MAX_ROWS];
  private final int[] series = new int[ColumnBatch.MAX_ROWS];

  /** Of the rows read together: their numbers, and where their cells are. */
  private final int[] tile = new int[TILE_ROWS];

  private final long[][] tileCells = new long[TILE_ROWS][];
  private final int[] tileStarts = new int[TILE_ROWS];
  private final long[] presence = new long[Bitmap.WORDS];

  RowReader(RowLayout layout, long flip) {
    this.layout = layout;
    this.flip = flip;
    int columns = layout.columns();
    block = new Block(columns);
    vectors = new Vector[columns];
    tags = new RunColumn[columns];
    for (int c = 0; c < columns; c++) {
      tags[c] = new RunColumn(c);
    }
  }

  /** The block that {@link #read} fills. */
  Block block() {
    return block;
  }

  /**
   * Reads {@code count} rows, in order from {@code first} on.
   *
   * @param count at most {@link ColumnBatch#MAX_ROWS}
   */
  Block read(RowRuns rows, int first, int count) {
    int[] order = rows.order();
    for (int i = 0; i < count; i++) {
      int row = order[first + i];
      times[i] = rows.keyOf(row) ^ flip;
      series[i] = rows.seriesOf(row);
    }
    block.reset(count, times);
    for (int c = 0; c < tags.length; c++) {
      if (rows.isPerSeries(c)) {
        tags[c].set(rows.tags(), series, count);
        block.set(c, tags[c]);
      } else {
        block.set(c, prepare(rows, c, first, count));
      }
    }
    readCells(rows, first, count);
    return block;
  }

  private Vector prepare(RowRuns rows, int column, int first, int count) {
    Vector vector = vectors[column];
    if (vector == null) {
      vector = new Vector(layout.types()[column]);
      vectors[column] = vector;
    }
    vector.reset(count);
    if (rows.mayBeNull(column)) {
      readPresence(rows, column, first, count);
      vector.setPresence(presence);
    } else {
      vector.setPresence(null);
    }
    return vector;
  }

  private void readPresence(RowRuns rows, int column, int first, int count) {
    Arrays.fill(presence, 0, Bitmap.words(count), 0);
    for (int i = 0; i < count; i++) {
      int row = rows.order()[first + i];
      if (!rows.segment(row).isNull(column, row & RowSegment.MASK)) {
        Bitmap.set(presence, i);
      }
    }
  }

  /** So few rows at a time as stay in the nearest cache until the last of their columns is read. */
  private void readCells(RowRuns rows, int first, int count) {
    for (int done = 0; done < count; done += TILE_ROWS) {
      int rowsHere = Math.min(TILE_ROWS, count - done);
      System.arraycopy(rows.order(), first + done, tile, 0, rowsHere);
      for (int i = 0; i < rowsHere; i++) {
        tileCells[i] = rows.segment(tile[i]).cells;
        tileStarts[i] = (tile[i] & RowSegment.MASK) * layout.width();
      }
      for (int c = 0; c < vectors.length; c++) {
        Vector vector = vectors[c];
        if (vector != null && !rows.isPerSeries(c)) {
          readCells(rows, c, rowsHere, vector, done);
        }
      }
    }
  }

  private void readCells(RowRuns rows, int column, int count, Vector into, int at) {
    int place = layout.places()[column];
    switch (layout.types()[column]) {
      case FLOAT -> {
        double[] values = into.doubles();
        for (int i = 0; i < count; i++) {
          values[at + i] = Double.longBitsToDouble(tileCells[i][tileStarts[i] + place]);
        }
      }
      case STRING -> {
        byte[][] values = into.strings();
        for (int i = 0; i < count; i++) {
          int row = tile[i];
          byte[] own = rows.segment(row).string(column, row & RowSegment.MASK);
          values[at + i] = own == null ? rows.tags().value(series[at + i], column) : own;
        }
      }
      default -> {
        long[] values = into.longs();
        for (int i = 0; i < count; i++) {
          values[at + i] = tileCells[i][tileStarts[i] + place];
        }
      }
    }
  }
}
