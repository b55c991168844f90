package io.varve.query.prometheus;

import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.StaleMarker;
import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * Makes samples of a column. Times become milliseconds by rounding down; of several samples in one
 * millisecond the last counts.
 */
final class SampleColumn {
  private SampleColumn() {}

  /** Fills a batch with the values that a numeric column has. */
  static void read(BatchTimes times, Column column, boolean keepStale, SampleBatch into) {
    int rows = times.batch().rowCount();
    long[] presence = column.presence();
    double[] values;
    boolean mayBeStale = false;
    if (column.type() == FieldType.FLOAT) {
      values = column.doubles();
      // What has statistics has no NaN.
      mayBeStale = !keepStale && column.stats() == null && hasNan(values, rows);
    } else {
      values = into.scratch(rows);
      convert(column.longs(), column.type() == FieldType.UNSIGNED, values, rows);
    }
    if (presence == null && !mayBeStale && times.areDistinct()) {
      if (times.stepMillis() > 0) {
        into.setSteady(times.firstMillis(), times.stepMillis(), values, rows);
      } else {
        into.set(times.millis(), values, rows);
      }
      return;
    }
    into.clear();
    long[] millis = times.millis();
    for (int row = 0; row < rows; row++) {
      if (isPresent(presence, row) && !(mayBeStale && StaleMarker.is(values[row]))) {
        into.put(millis[row], values[row]);
      }
    }
  }

  private static void convert(long[] from, boolean unsigned, double[] to, int rows) {
    if (unsigned) {
      for (int row = 0; row < rows; row++) {
        to[row] = unsigned(from[row]);
      }
    } else {
      for (int row = 0; row < rows; row++) {
        to[row] = from[row];
      }
    }
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
