package io.varve.storage;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.model.Field;
import io.varve.storage.model.TimeRange;
import io.varve.storage.read.SeriesScan;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Rewrites the chunks of one series in one shard: reads them as a query would, cuts the rows into
 * full groups, and stores those in the batch that deletes the old ones.
 *
 * <p>A first pass, which decodes nothing, finds out whether there is anything to gain. If the new
 * chunks are more than one batch may hold, they are stored batch by batch, and only then the old
 * ones are deleted: new ones have higher sequence numbers, so readers see the same rows at any
 * moment, and the work may end at any moment. Nothing else is stored in between, as the caller
 * holds the store lock during {@link #compact}. Memory: one batch, and two bytes per row group. For
 * one thread.
 */
final class SeriesCompaction implements AutoCloseable {
  private final Engine engine;
  private final Shard shard;
  private final ChunkWriter writer;
  private final RowGroupBuilder builder = new RowGroupBuilder();
  private final long maxBatchBytes;

  /** Sequence numbers of the row groups there are. */
  private final RoaringBitmap groups = new RoaringBitmap();

  private boolean hasDroppedFields;
  private long bytes;
  private boolean emptied;
  private long rewritten;

  /**
   * @param maxBatchBytes about how large a batch may become, which is in memory
   */
  SeriesCompaction(Engine engine, Shard shard, long maxBatchBytes) {
    this.maxBatchBytes = maxBatchBytes;
    this.engine = engine;
    this.shard = shard;
    this.writer = new ChunkWriter(engine);
  }

  /** Compacts a series if it needs it; false if it has to be done later. */
  boolean compact(int seriesId) {
    bytes = 0;
    emptied = false;
    if (!shard.head().partials(seriesId).isEmpty()) {
      // Rows of the head are later than all in chunks but for these, which numbers must tell.
      return false;
    }
    boolean exists = shard.policy().database().index().contains(seriesId);
    lookAtKeys(seriesId);
    if (groups.isEmpty()) {
      emptied = true;
      return true;
    }
    if (!exists) {
      emptied = true;
      rewritten += deleteChunks(seriesId, 0, Long.MAX_VALUE);
      return true;
    }
    int[] fieldIds =
        shard.policy().database().index().fieldsOf(seriesId).stream()
            .mapToInt(Field::id)
            .sorted()
            .toArray();
    ScanSpec spec = new ScanSpec(new int[] {seriesId}, fieldIds, TimeRange.ALL, false);
    Gain gain = assess(spec);
    if (gain == Gain.DAMAGED) {
      return false;
    }
    return gain == Gain.NONE || rewrite(spec);
  }

  /** Whether the last series has no chunks left. */
  boolean hasEmptied() {
    return emptied;
  }

  /** Bytes of the chunks of the last series. */
  long lastBytes() {
    return bytes;
  }

  /** Chunks replaced or removed since the last call. */
  long takeRewritten() {
    long count = rewritten;
    rewritten = 0;
    return count;
  }

  @Override
  public void close() {
    writer.close();
  }

  private enum Gain {
    NONE,
    SOME,
    DAMAGED
  }

  private void lookAtKeys(int seriesId) {
    groups.clear();
    hasDroppedFields = false;
    try (KvIterator chunks = chunks(seriesId)) {
      for (boolean more = chunks.seekFirst(); more; more = chunks.next()) {
        byte[] key = chunks.key();
        bytes += chunks.valueLength();
        groups.add((int) ChunkKeys.sequence(key));
        int fieldId = ChunkKeys.fieldId(key);
        hasDroppedFields |=
            fieldId != 0 && !shard.policy().database().index().isLive(seriesId, fieldId);
      }
    }
  }

  private KvIterator chunks(int seriesId) {
    byte[] prefix =
        Arrays.copyOf(
            ChunkKeys.key(shard.policy().id(), shard.bounds().startHours(), seriesId, 0, 0, 0),
            ChunkKeys.SERIES_PREFIX_BYTES);
    return engine.kv().iterator(KvFamily.CHUNK, null, prefix, ChunkKeys.successor(prefix));
  }

  private Gain assess(ScanSpec spec) {
    boolean merged = false;
    long rows = 0;
    try (PolicyIterator iterator = new PolicyIterator(engine, shard.policy().id())) {
      ShardView view = ShardView.ofChunks(engine, shard, spec, iterator);
      try (SeriesScan scan = new SeriesScan(spec, List.of(view), () -> {})) {
        scan.nextSeries();
        while (scan.nextBatch()) {
          merged |= scan.isMerged();
          rows += scan.batch().rowCount();
        }
      }
      if (view.hasSeenDamage()) {
        return Gain.DAMAGED;
      }
    }
    boolean fewer =
        groups.getLongCardinality() > (rows + RowGroup.MAX_ROWS - 1) / RowGroup.MAX_ROWS;
    return merged || fewer || hasDroppedFields ? Gain.SOME : Gain.NONE;
  }

  private boolean rewrite(ScanSpec spec) {
    int seriesId = spec.seriesIds()[0];
    long firstNew = shard.nextSequence();
    try (PolicyIterator iterator = new PolicyIterator(engine, shard.policy().id())) {
      ShardView view = ShardView.ofChunks(engine, shard, spec, iterator);
      try (SeriesScan scan = new SeriesScan(spec, List.of(view), () -> {})) {
        scan.nextSeries();
        while (scan.nextBatch()) {
          builder.add(spec.fieldIds(), scan.batch(), group -> store(seriesId, group));
        }
      }
      if (view.hasSeenDamage()) {
        builder.clear();
        writer.discard();
        deleteChunks(seriesId, firstNew, Long.MAX_VALUE);
        return false;
      }
    }
    builder.finish(group -> store(seriesId, group));
    emptied = shard.nextSequence() == firstNew;
    rewritten += deleteChunks(seriesId, 0, firstNew);
    return true;
  }

  private void store(int seriesId, RowGroup group) {
    writer.addCompacted(shard, seriesId, group);
    commitIfLarge();
  }

  /** Commits, and deletes the chunks with sequence numbers from one up to another; how many. */
  private long deleteChunks(int seriesId, long from, long end) {
    long count = 0;
    try (KvIterator chunks = chunks(seriesId)) {
      for (boolean more = chunks.seekFirst(); more; more = chunks.next()) {
        long sequence = ChunkKeys.sequence(chunks.key());
        if (sequence >= from && sequence < end) {
          writer.deleteChunk(shard, Arrays.copyOf(chunks.key(), chunks.keyLength()));
          count++;
          commitIfLarge();
        }
      }
    }
    commit();
    return count;
  }

  private void commitIfLarge() {
    if (writer.sizeBytes() >= maxBatchBytes) {
      commit();
    }
  }

  private void commit() {
    try {
      writer.commit();
    } catch (StorageException e) {
      // The rows are there as before.
      engine.writeFailed(e);
      throw e;
    }
  }
}
