package io.varve.storage;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.LongSupplier;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Chunks as they are in the store, in the heap, for scans of many series: what a chunk costs there
 * is RocksDB's iterator and the calls into it, not its bytes, and those are few. Beside them, for
 * those who want last rows only, the {@link StoredLastRow} of a series.
 *
 * <p>What is kept must be what a scan would read as of its moment. So changes of chunks are
 * counted: all of them happen under the store lock, between {@link #beginChange} and {@link
 * #endChange}, and before the latter each takes the series it has changed out of the cache. A
 * reader asks for the {@link #version} before it takes its snapshot and whether it {@linkplain
 * #isAt is still that} behind it; then the snapshot has exactly the changes up to there. A run that
 * is in the cache has not been changed since it was put there; so a reader of the same or a later
 * version may use it. And it may put what it has read there as long as no change has begun since.
 *
 * <p>Not more than a fixed number of bytes is kept. If it is full, nothing more comes in, so that a
 * scan of more than fits does not push out what it needs next; but when twice as much was refused,
 * a round ends, and what has not been used in it goes. Any thread, but for the changes.
 */
final class ChunkCache {
  /** The version of a reader that must not use the cache. */
  static final long NO_VERSION = -1;

  private final long maxBytes;
  private final Set<ShardChunks> shards = Collections.newSetFromMap(new IdentityHashMap<>());
  private volatile long begun;
  private volatile long ended;
  private volatile int round;
  private volatile long bytes;
  private long refusedBytes;

  ChunkCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The number of changes so far, {@link #NO_VERSION} while there is one. */
  long version() {
    long version = ended;
    return begun == version ? version : NO_VERSION;
  }

  /** Whether no change has begun since there was a version. */
  boolean isAt(long version) {
    return begun == version;
  }

  /** See {@link ShardChunks#runs}. */
  int round() {
    return round;
  }

  /** Heap bytes in use. */
  long bytes() {
    return bytes;
  }

  /** To be called before chunks are changed. Store lock. */
  synchronized void beginChange() {
    begun = ended + 1;
  }

  /**
   * To be called when chunks have been changed, or perhaps have, and before anybody is told. Store
   * lock.
   */
  synchronized void endChange() {
    ended = begun;
  }

  /** Forgets series whose chunks are being changed. */
  void remove(ShardChunks shard, RoaringBitmap seriesIds) {
    forget(
        shard,
        () -> {
          long freed = 0;
          IntIterator each = seriesIds.getIntIterator();
          while (each.hasNext()) {
            freed += shard.remove(each.next());
          }
          return freed;
        });
  }

  /** Forgets a shard whose chunks are being changed or dropped. */
  void remove(ShardChunks shard) {
    forget(shard, shard::clear);
  }

  private synchronized void forget(ShardChunks shard, LongSupplier freed) {
    if (begun == ended) {
      throw new IllegalStateException("no change has begun");
    }
    if (shards.contains(shard)) {
      bytes -= freed.getAsLong();
      if (shard.isEmpty()) {
        shards.remove(shard);
      }
    }
  }

  /** Adds what a reader of a version has read, if that still holds and there is room. */
  synchronized void put(ShardChunks shard, int seriesId, ChunkRun run, long version) {
    if (begun != version) {
      return;
    }
    if (bytes + run.bytes() > maxBytes) {
      refusedBytes += run.bytes();
      if (refusedBytes > 2 * maxBytes) {
        endRound();
      }
      return;
    }
    shards.add(shard);
    bytes += shard.put(seriesId, run, round);
  }

  /** Adds what a reader of a version has found in runs, if that still holds and there is room. */
  synchronized void put(ShardChunks shard, int seriesId, StoredLastRow lastRow, long version) {
    if (begun == version && bytes + lastRow.bytes() <= maxBytes) {
      bytes += shard.put(seriesId, lastRow, round);
    }
  }

  private synchronized void endRound() {
    refusedBytes = 0;
    for (ShardChunks each : shards) {
      bytes -= each.removeUnused(round);
    }
    shards.removeIf(ShardChunks::isEmpty);
    round++;
  }
}
