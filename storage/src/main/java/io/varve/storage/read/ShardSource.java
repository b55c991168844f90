package io.varve.storage.read;

import io.varve.storage.chunk.SortedRows;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.model.TimeRange;
import java.util.List;

/**
 * What one scan sees of one shard, as of the moment the scan was opened. Implemented by the engine;
 * for the thread of the scan.
 */
public interface ShardSource {
  /** The time the shard stands for; no row lies outside. */
  TimeRange range();

  /**
   * Whether the shard may hold rows of the series; false spares the scan a seek. Must not say false
   * while {@link #chunks} or {@link #unsealedRows} have something.
   */
  boolean mayContain(int seriesId);

  /**
   * The stored chunks. All shards of a scan may share one iterator below: a scan uses one shard at
   * a time and always seeks first.
   */
  ChunkIterator chunks();

  /**
   * Rows of the series in this shard that are not in chunks yet, oldest group first: where rows
   * coincide, a later group wins over an earlier one and any of them over the chunks. Columns that
   * the scan did not ask for do no harm, nor do rows without any of the others. The groups must not
   * change until the scan has moved to another series or shard.
   *
   * <p>Rows may be both here and in a chunk, for instance while they are being sealed.
   */
  List<? extends SortedRows> unsealedRows(int seriesId);

  /**
   * What was deleted of the series: rows that {@link #chunks} may still have and the scan must not
   * show. {@link #unsealedRows} come without deleted rows.
   */
  default List<Deletion> deletions(int seriesId) {
    return List.of();
  }

  /**
   * Called for a stored chunk that cannot be read. Either throws the exception, which ends the
   * scan, or notes the damage and returns: then the scan goes on without the values of that chunk,
   * or, if the field is {@link io.varve.storage.chunk.ChunkEncoder#TIME_FIELD_ID}, without the rows
   * of its group.
   */
  default void damaged(
      int seriesId, int fieldId, long firstTimestampNanos, CorruptChunkException damage) {
    throw damage;
  }

  /**
   * No row group of the shard has more time between its first and last row than this. A scan starts
   * reading so much before its range.
   */
  default long maxGroupSpanNanos() {
    return Long.MAX_VALUE;
  }

  /**
   * No chunk of the shard has a later row than this. A scan does not look for chunks behind it, and
   * asks after it has come to a series, by {@link #mayContain}.
   */
  default long lastStoredNanos() {
    return Long.MAX_VALUE;
  }
}
