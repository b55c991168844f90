package io.varve.storage;

import io.varve.storage.index.SeriesIndex;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvStore;
import io.varve.storage.lifecycle.ChunkKeys;
import java.util.Arrays;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Deletes the chunks of series in a shard.
 *
 * <p>Ids of one measurement lie together, so dropping it is a few ranges. Each range deletion slows
 * every later read of its neighbourhood down a little; so the chunks of a short run of ids are
 * looked up and deleted one by one instead.
 */
final class SeriesChunks {
  /** Runs of fewer ids are deleted chunk by chunk. */
  private static final int MIN_RANGE = 64;

  private SeriesChunks() {}

  static void delete(KvStore kv, KvBatch batch, Shard shard, RoaringBitmap seriesIds) {
    PeekableIntIterator ids = seriesIds.getIntIterator();
    while (ids.hasNext()) {
      int first = ids.next();
      int last = first;
      while (ids.hasNext() && ids.peekNext() == last + 1) {
        last = ids.next();
      }
      byte[] start = prefix(shard, first);
      byte[] end = ChunkKeys.successor(prefix(shard, last));
      if (last - first >= MIN_RANGE) {
        batch.deleteRange(KvFamily.CHUNK, start, end);
      } else {
        deleteEach(kv, batch, start, end);
      }
    }
  }

  /**
   * Deletes the chunks of all series of a measurement that is gone: whole blocks of ids, as no
   * other measurement has ids in them. Costs the same however much there is.
   */
  static void deleteBlocks(KvBatch batch, Shard shard, RoaringBitmap seriesIds) {
    PeekableIntIterator ids = seriesIds.getIntIterator();
    while (ids.hasNext()) {
      int first = ids.next() & -SeriesIndex.BLOCK_SERIES;
      int last = first + SeriesIndex.BLOCK_SERIES - 1;
      ids.advanceIfNeeded(last + 1);
      while (ids.hasNext() && ids.peekNext() <= last + SeriesIndex.BLOCK_SERIES) {
        last += SeriesIndex.BLOCK_SERIES;
        ids.advanceIfNeeded(last + 1);
      }
      batch.deleteRange(
          KvFamily.CHUNK, prefix(shard, first), ChunkKeys.successor(prefix(shard, last)));
    }
  }

  private static void deleteEach(KvStore kv, KvBatch batch, byte[] start, byte[] end) {
    try (KvIterator keys = kv.iterator(KvFamily.CHUNK, null, start, end)) {
      for (boolean more = keys.seekFirst(); more; more = keys.next()) {
        batch.delete(KvFamily.CHUNK, Arrays.copyOf(keys.key(), keys.keyLength()));
      }
    }
  }

  private static byte[] prefix(Shard shard, int seriesId) {
    byte[] key = ChunkKeys.key(shard.policy().id(), shard.bounds().startHours(), seriesId, 0, 0, 0);
    return Arrays.copyOf(key, ChunkKeys.SERIES_PREFIX_BYTES);
  }
}
