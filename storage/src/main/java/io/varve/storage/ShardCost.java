package io.varve.storage;

import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;

/** Counts what a scan would find of one series in one shard. */
final class ShardCost {
  private ShardCost() {}

  /** The same total with this series in it, as far as there are not more chunks than that. */
  static ScanCost of(ShardView view, int seriesId, ScanSpec spec, long most, ScanCost total) {
    long unsealed = total.unsealedValues();
    for (RowGroup rows : view.unsealedRows(seriesId)) {
      for (ColumnData column : rows.columns) {
        unsealed += isWanted(column.fieldId, spec) ? values(column, rows.rowCount) : 0;
      }
    }
    long chunks = total.chunks();
    long bytes = total.chunkBytes();
    long from = firstOf(spec, view.maxGroupSpanNanos());
    long end = spec.range().endNanos();
    for (int fieldId : spec.fieldIds()) {
      boolean more = view.seek(seriesId, fieldId, from);
      while (more && (end == Long.MAX_VALUE || view.firstTimestampNanos() < end)) {
        if (chunks == most) {
          return new ScanCost(total.shards(), unsealed, chunks, bytes, false);
        }
        chunks++;
        bytes += view.value().length;
        more = view.next();
      }
    }
    return new ScanCost(total.shards(), unsealed, chunks, bytes, true);
  }

  /** Chunks that begin earlier end before the range. */
  private static long firstOf(ScanSpec spec, long groupSpanNanos) {
    long start = spec.range().startNanos();
    return start < Long.MIN_VALUE + groupSpanNanos ? Long.MIN_VALUE : start - groupSpanNanos;
  }

  private static boolean isWanted(int fieldId, ScanSpec spec) {
    for (int wanted : spec.fieldIds()) {
      if (wanted == fieldId) {
        return true;
      }
    }
    return false;
  }

  private static long values(ColumnData column, int rowCount) {
    long[] presence = column.presence;
    if (presence == null) {
      return rowCount;
    }
    long count = 0;
    for (int word = 0; (word << 6) < rowCount; word++) {
      int rows = Math.min(64, rowCount - (word << 6));
      count += Long.bitCount(presence[word] & (-1L >>> (64 - rows)));
    }
    return count;
  }
}
