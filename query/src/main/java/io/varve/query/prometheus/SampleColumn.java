package io.varve.query.prometheus;

import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.StaleMarker;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * Makes samples of a column. Times become milliseconds by rounding down; of several samples in one
 * millisecond the last counts.
 */
final class SampleColumn {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private SampleColumn() {}

  /** Fills a batch with the values that a numeric column has. */
  static void read(ColumnBatch batch, Column column, boolean keepStale, SampleBatch into) {
    int rows = batch.rowCount();
    long[] presence = column.presence();
    if (column.type() == FieldType.FLOAT) {
      double[] values = column.doubles();
      // What has statistics has no NaN.
      if (presence == null && (keepStale || column.stats() != null || !hasNan(values, rows))) {
        readDense(batch, values, into);
        return;
      }
      into.clear();
      long[] times = batch.timestampsNanos();
      for (int row = 0; row < rows; row++) {
        if (isPresent(presence, row) && (keepStale || !StaleMarker.is(values[row]))) {
          into.put(millis(times[row]), values[row]);
        }
      }
      return;
    }
    into.clear();
    long[] times = batch.timestampsNanos();
    boolean unsigned = column.type() == FieldType.UNSIGNED;
    long[] values = column.longs();
    for (int row = 0; row < rows; row++) {
      if (isPresent(presence, row)) {
        double value = unsigned ? unsigned(values[row]) : values[row];
        into.put(millis(times[row]), value);
      }
    }
  }

  private static void readDense(ColumnBatch batch, double[] values, SampleBatch into) {
    int rows = batch.rowCount();
    long first = batch.firstTimestampNanos();
    long step = rows == 1 ? 0 : (batch.lastTimestampNanos() - first) / (rows - 1);
    if (batch.isSteady() && rows > 1 && step % NANOS_PER_MILLI == 0) {
      into.setSteady(millis(first), step / NANOS_PER_MILLI, values, rows);
    } else {
      into.setNanos(batch.timestampsNanos(), values, rows);
    }
  }

  static long millis(long nanos) {
    return Math.floorDiv(nanos, NANOS_PER_MILLI);
  }

  /** Whether any value may be a stale marker. */
  private static boolean hasNan(double[] values, int rows) {
    boolean found = false;
    for (int row = 0; row < rows; row++) {
      found |= Double.isNaN(values[row]);
    }
    return found;
  }

  static boolean isPresent(long @Nullable [] presence, int row) {
    return presence == null || (presence[row >>> 6] & 1L << row) != 0;
  }

  static double unsigned(long bits) {
    return bits >= 0 ? bits : (double) ((bits >>> 1) | (bits & 1)) * 2;
  }
}
