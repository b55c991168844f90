package io.varve.storage;

import io.varve.storage.index.IndexKeys;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ChunkKeys;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops whole shards. One batch (a range of chunks, a range of index entries, the records) drops
 * them, so that after a crash things are there or gone as a whole; then the flusher deletes whole
 * files, which is only to get the space back at once. Commit thread.
 */
final class ShardDrops {
  private static final Logger LOG = LoggerFactory.getLogger(ShardDrops.class);

  private final Engine engine;
  private final CatalogWrites writes;
  private final Catalog catalog = new Catalog();

  ShardDrops(Engine engine, CatalogWrites writes) {
    this.engine = engine;
    this.writes = writes;
  }

  /** Drops the shards whose points are all older than their policy keeps them. */
  @Nullable Void dropExpired() {
    long now = engine.nowNanos();
    for (Shard shard : engine.shards()) {
      if (shard.bounds().expired(shard.policy().policy(), now)) {
        LOG.info("dropping expired shard {} of {}", shard.bounds(), shard.policy().policy().name());
        drop(shard);
      }
    }
    return null;
  }

  /** Answers whether there was one of this number. */
  boolean drop(long number) {
    for (Shard shard : engine.shards()) {
      if (shard.number() == number) {
        drop(shard);
        return true;
      }
    }
    return false;
  }

  private void drop(Shard shard) {
    byte[] prefix = ChunkKeys.shardPrefix(shard.policy().id(), shard.bounds().startHours());
    byte[] end = ChunkKeys.successor(prefix);
    writes.withStoreLock(
        () -> {
          change(
              List.of(shard),
              batch -> {
                batch.deleteRange(KvFamily.CHUNK, prefix, end);
                deleteRecords(batch, shard);
              });
          shard.markDropped();
          shard.policy().remove(shard);
        });
    UnusedSeries.forget(engine, shard.policy().database(), shard.index().series());
    engine.flusher().reclaim(prefix, end);
  }

  /** Drops all shards of these policies; the batch takes other records with them. */
  void drop(List<PolicyState> policies, Consumer<KvBatch> records) {
    writes.withStoreLock(
        () -> {
          change(
              policies.stream().flatMap(policy -> policy.shards().stream()).toList(),
              batch -> {
                for (PolicyState policy : policies) {
                  byte[] prefix = PolicyIterator.prefix(policy.id());
                  batch.deleteRange(KvFamily.CHUNK, prefix, ChunkKeys.successor(prefix));
                  policy.shards().forEach(shard -> deleteRecords(batch, shard));
                }
                records.accept(batch);
              });
          policies.forEach(PolicyState::markDropped);
        });
    for (PolicyState policy : policies) {
      byte[] prefix = PolicyIterator.prefix(policy.id());
      engine.flusher().reclaim(prefix, ChunkKeys.successor(prefix));
    }
  }

  private void change(List<Shard> shards, Consumer<KvBatch> content) {
    engine.chunkCache().beginChange();
    try {
      writes.write(content);
    } finally {
      shards.forEach(shard -> engine.chunkCache().remove(shard.cachedChunks()));
      engine.chunkCache().endChange();
    }
  }

  private void deleteRecords(KvBatch batch, Shard shard) {
    catalog.deleteShard(batch, shard.policy().id(), shard.bounds());
    catalog.deleteCompacted(batch, shard.key());
    shard.tombstones().forEach(tombstone -> catalog.deleteTombstone(batch, tombstone));
    byte[] prefix =
        IndexRecords.key(
            shard.policy().database().id(), IndexKeys.shardPrefix(shard.index().shardId()));
    batch.deleteRange(KvFamily.INDEX, prefix, ChunkKeys.successor(prefix));
  }
}
