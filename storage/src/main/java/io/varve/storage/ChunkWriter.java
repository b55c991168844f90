package io.varve.storage;

import io.varve.storage.chunk.ChunkEncoder;
import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.head.HeadGroup;
import io.varve.storage.head.PartialChunk;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvStore;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ChunkKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;

/**
 * Turns row groups of heads into chunks, in batches of about a megabyte.
 *
 * <p>Order of calls: {@link #add} or {@link #addFull} the groups of a series; {@link #commit} when
 * {@link #isFull} and at the end. Only a commit stores anything and then tells the heads. The
 * caller holds the store lock from the first {@code add} to the end of {@code commit}, so that no
 * shard is dropped in between and then written to. For one thread.
 */
final class ChunkWriter implements AutoCloseable {
  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final byte[] NOTHING = {};

  private record Added(Shard shard, HeadGroup group, long sequence) {}

  private final Engine engine;
  private final KvStore kv;
  private final KvBatch batch;
  private final Catalog catalog = new Catalog();
  private final ChunkEncoder encoder = new ChunkEncoder();
  private final List<Added> added = new ArrayList<>();

  /** Shards whose records are to be stored with the batch. */
  private final Set<Shard> changed = new LinkedHashSet<>();

  /** Series whose chunks are added to or deleted. */
  private final Map<Shard, RoaringBitmap> touched = new LinkedHashMap<>();

  ChunkWriter(Engine engine) {
    this.engine = engine;
    this.kv = engine.kv();
    this.batch = kv.newBatch();
  }

  /**
   * Adds all full groups that the head of a shard has of a series, oldest first.
   *
   * @param coveredSequence the last log record of which, as of all before, no row of the series is
   *     outside full groups
   */
  void addFull(Shard shard, int seriesId, List<HeadGroup> groups, long coveredSequence) {
    if (!shard.isDropped()) {
      add(shard, groups);
      batch.put(KvFamily.RAW, LogKeys.mark(coveredSequence, shard, seriesId), NOTHING);
    }
  }

  /** Adds groups of one series of a shard, oldest first. */
  void add(Shard shard, List<HeadGroup> groups) {
    if (shard.isDropped()) {
      return;
    }
    for (HeadGroup group : groups) {
      long sequence = encode(shard, group.seriesId(), group.rows());
      if (shard.isCompacted()) {
        catalog.deleteCompacted(batch, shard.key());
      }
      shard.markChanged();
      PartialChunk replaced = group.replaces();
      if (replaced != null) {
        delete(shard, group.seriesId(), replaced);
      }
      group.giveUpRows();
      added.add(new Added(shard, group, sequence));
    }
  }

  /** Adds a group of rows that are in chunks already. */
  void addCompacted(Shard shard, int seriesId, RowGroup rows) {
    encode(shard, seriesId, rows);
  }

  /** Deletes a chunk that what was added stands for. */
  void deleteChunk(Shard shard, byte[] key) {
    touch(shard, ChunkKeys.seriesId(key));
    batch.delete(KvFamily.CHUNK, key);
  }

  /** Forgets what was added and deleted. */
  void discard() {
    added.clear();
    changed.forEach(Shard::recordNotStored);
    changed.clear();
    touched.clear();
    batch.clear();
  }

  boolean isFull() {
    return sizeBytes() >= MAX_BATCH_BYTES;
  }

  /** Bytes of what was added and deleted. */
  long sizeBytes() {
    return batch.sizeBytes();
  }

  /** Stores what was added, survives the process but not yet the machine, and tells the heads. */
  void commit() {
    if (batch.count() == 0) {
      return;
    }
    changed.forEach(shard -> catalog.putShard(batch, shard.record()));
    try {
      write();
    } catch (StorageException e) {
      forget();
      throw e;
    }
    engine.advanceStoreEpoch();
    for (Added each : added) {
      if (each.group().full()) {
        each.shard().head().release(each.group());
      } else {
        each.shard().head().partialStored(each.group(), each.sequence());
      }
    }
    added.clear();
    changed.clear();
    batch.clear();
    engine.moments().limitRetained();
  }

  private void write() {
    ChunkCache cache = engine.chunkCache();
    cache.beginChange();
    try {
      kv.write(batch, false);
    } finally {
      touched.forEach((shard, series) -> cache.remove(shard.cachedChunks(), series));
      touched.clear();
      cache.endChange();
    }
  }

  /** Nothing that was added is stored: the heads keep it, for the next checkpoint. */
  private void forget() {
    for (Added each : added) {
      each.shard().head().checkpointFailed(each.group().seriesId());
    }
    discard();
  }

  @Override
  public void close() {
    batch.close();
  }

  /** Adds the chunks of a row group to the batch and answers its sequence number. */
  private long encode(Shard shard, int seriesId, RowGroup rows) {
    touch(shard, seriesId);
    long sequence = shard.nextSequence();
    long first = rows.timestampNanos[0];
    long last = rows.timestampNanos[rows.rowCount - 1];
    if (shard.use(sequence, first, last)) {
      changed.add(shard);
    }
    int policyId = shard.policy().id();
    int startHours = shard.bounds().startHours();
    encoder.times(rows.timestampNanos, rows.rowCount);
    if (!encoder.timesInline()) {
      byte[] key =
          ChunkKeys.key(
              policyId, startHours, seriesId, ChunkEncoder.TIME_FIELD_ID, first, sequence);
      batch.put(KvFamily.CHUNK, key, encoder.encodeTimes(ChunkKeys.salt(key)));
    }
    for (ColumnData column : rows.columns) {
      byte[] key = ChunkKeys.key(policyId, startHours, seriesId, column.fieldId, first, sequence);
      batch.put(KvFamily.CHUNK, key, encoder.encode(column, ChunkKeys.salt(key)));
    }
    return sequence;
  }

  private void touch(Shard shard, int seriesId) {
    touched.computeIfAbsent(shard, any -> new RoaringBitmap()).add(seriesId);
  }

  private void delete(Shard shard, int seriesId, PartialChunk partial) {
    delete(shard, seriesId, partial, ChunkEncoder.TIME_FIELD_ID);
    for (int fieldId : partial.fieldIds()) {
      delete(shard, seriesId, partial, fieldId);
    }
  }

  private void delete(Shard shard, int seriesId, PartialChunk partial, int fieldId) {
    batch.delete(
        KvFamily.CHUNK,
        ChunkKeys.key(
            shard.policy().id(),
            shard.bounds().startHours(),
            seriesId,
            fieldId,
            partial.firstTimestampNanos(),
            partial.sequence()));
  }
}
