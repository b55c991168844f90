package io.varve.storage;

import io.varve.storage.head.Moments;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvSnapshot;
import io.varve.storage.kv.KvTier;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.lifecycle.TombstoneRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reader sees of a policy: everything up to a moment between two commits, nothing later.
 *
 * <p>Taken at that moment, while no row is shown to anybody: the shards and their tombstones, as
 * references to lists that never change, and a RocksDB snapshot. Rows in heads need no list: see
 * {@link Moments}. Chunks in the snapshot were written before the moment, so their rows are of it
 * or before; rows that were not in chunks then are in the heads, or retained there.
 *
 * <p>A view that holds too much is given up ({@link Moments#isHeld}), and so are all when the files
 * are reopened; who reads on sees each series as of the time it comes to it. Thread-safe; closed by
 * the reader, after its iterators.
 */
final class ReadView implements AutoCloseable {
  /**
   * A shard as of the moment.
   *
   * @param tombstones what was deleted and may still be in chunks, oldest first
   * @param forgettings {@link Shard#forgettings}
   */
  record Seen(Shard shard, List<TombstoneRecord> tombstones, int forgettings) {
    private static Seen of(Shard shard) {
      return new Seen(shard, shard.tombstones(), shard.forgettings());
    }

    /** Whether a series may have had rows in the shard. */
    boolean mayContain(int seriesId) {
      return shard.index().containsSeries(seriesId) || shard.forgettings() != forgettings;
    }
  }

  private final Engine engine;
  private final long moment;
  private final KvTier tier;
  private final List<Seen> shards;
  private final KvSnapshot snapshot;
  private final long chunkVersion;

  private ReadView(Engine engine, PolicyState policy, long moment, KvTier tier) {
    this.engine = engine;
    this.moment = moment;
    this.tier = tier;
    long version = engine.chunkCache().version();
    this.shards = policy.shards().stream().map(Seen::of).toList();
    // Last: what a compaction removes later is gone from tombstones and chunks.
    this.snapshot = engine.kv().snapshot();
    this.chunkVersion = engine.chunkCache().isAt(version) ? version : ChunkCache.NO_VERSION;
  }

  /** Takes a view of the present. */
  static ReadView open(Engine engine, PolicyState policy) {
    return engine.moments().hold(moment -> new ReadView(engine, policy, moment, KvTier.FILES));
  }

  /**
   * As {@link #open}, for threads that must not wait: null if a commit is at work, and chunks are
   * read only where they are in memory.
   */
  static @Nullable ReadView tryOpen(Engine engine, PolicyState policy) {
    return engine.moments().tryHold(moment -> new ReadView(engine, policy, moment, KvTier.MEMORY));
  }

  /** By start. */
  List<Seen> shards() {
    return shards;
  }

  /** For {@link io.varve.storage.head.ShardHead#rows}. */
  long moment() {
    return moment;
  }

  /** How far reads of chunks may go, of the view and, if that is given up, of the present. */
  KvTier tier() {
    return tier;
  }

  /** Which {@link ChunkCache#version} the snapshot is of; {@link ChunkCache#NO_VERSION} if none. */
  long chunkVersion() {
    return chunkVersion;
  }

  /** Whether the view is still there; to be asked after the heads were read, too. */
  boolean isHeld() {
    return engine.moments().isHeld(moment);
  }

  /**
   * An iterator over the chunks of a range of keys.
   *
   * @throws StorageException of kind UNAVAILABLE if the view is not held any more, perhaps
   */
  KvIterator chunks(byte[] prefix) {
    return engine
        .kv()
        .iterator(KvFamily.CHUNK, snapshot, tier, prefix, ChunkKeys.successor(prefix));
  }

  @Override
  public void close() {
    engine.moments().release(moment);
    snapshot.close();
  }
}
