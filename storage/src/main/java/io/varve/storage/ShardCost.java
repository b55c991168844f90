package io.varve.storage;

import io.varve.storage.chunk.SortedRows;
import org.jspecify.annotations.Nullable;

/** Counts what a scan would find of one series in one shard. */
final class ShardCost {
  private ShardCost() {}

  /** The same total with this series in it, as far as there are not more chunks than that. */
  static ScanCost of(ShardView view, int seriesId, ScanSpec spec, long most, ScanCost total) {
    long unsealed = total.unsealedValues();
    for (SortedRows rows : view.unsealedRows(seriesId)) {
      for (int fieldId : spec.fieldIds()) {
        int column = rows.columnOf(fieldId);
        unsealed += column < 0 ? 0 : values(rows.presence(column), rows.rowCount());
      }
    }
    long chunks = total.chunks();
    long bytes = total.chunkBytes();
    long from = firstOf(spec, view.maxGroupSpanNanos());
    long end = spec.range().endNanos();
    long to = end == Long.MAX_VALUE ? end : end - 1;
    for (int fieldId : spec.fieldIds()) {
      boolean more = view.seek(seriesId, fieldId, from, to);
      while (more) {
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

  private static long values(long @Nullable [] presence, int rowCount) {
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
