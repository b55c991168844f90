package io.varve.query.prometheus;

import io.varve.query.promql.function.Samples;
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

  /** Appends the values that a numeric column has. */
  static void append(ColumnBatch batch, Column column, boolean keepStale, Samples samples) {
    int rows = batch.rowCount();
    long[] presence = column.presence();
    samples.reserve(samples.count() + rows);
    if (column.type() == FieldType.FLOAT) {
      double[] values = column.doubles();
      // What has statistics has no NaN.
      if (presence == null && (keepStale || column.stats() != null || !hasNan(values, rows))) {
        appendDense(batch, values, samples);
        return;
      }
      long[] times = batch.timestampsNanos();
      for (int row = 0; row < rows; row++) {
        if (isPresent(presence, row) && (keepStale || !StaleMarker.is(values[row]))) {
          samples.put(millis(times[row]), values[row]);
        }
      }
      return;
    }
    long[] times = batch.timestampsNanos();
    boolean unsigned = column.type() == FieldType.UNSIGNED;
    long[] values = column.longs();
    for (int row = 0; row < rows; row++) {
      if (isPresent(presence, row)) {
        double value = unsigned ? unsigned(values[row]) : values[row];
        samples.put(millis(times[row]), value);
      }
    }
  }

  private static void appendDense(ColumnBatch batch, double[] values, Samples samples) {
    int rows = batch.rowCount();
    long first = batch.firstTimestampNanos();
    long step = rows == 1 ? 0 : (batch.lastTimestampNanos() - first) / (rows - 1);
    if (batch.isSteady() && rows > 1 && step % NANOS_PER_MILLI == 0) {
      samples.putSteady(
          Math.floorDiv(first, NANOS_PER_MILLI), step / NANOS_PER_MILLI, values, rows);
    } else {
      samples.putNanos(batch.timestampsNanos(), values, rows);
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
