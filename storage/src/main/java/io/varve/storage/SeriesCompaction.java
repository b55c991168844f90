package io.varve.storage;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.model.Field;
import io.varve.storage.model.TimeRange;
import io.varve.storage.read.SeriesScan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites the chunks of one series in one shard: reads them as a query would, cuts the rows into
 * full groups, and stores those in the batch that deletes the old ones.
 *
 * <p>A first pass, which decodes nothing, finds out whether there is anything to gain. The caller
 * holds the store lock during {@link #compact}. For one thread.
 */
final class SeriesCompaction implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SeriesCompaction.class);

  /** A series with more bytes than this in one shard is left as it is: a batch is in memory. */
  private static final long MAX_BYTES = 64 << 20;

  private final Engine engine;
  private final Shard shard;
  private final ChunkWriter writer;
  private final RowGroupBuilder builder = new RowGroupBuilder();

  private final List<byte[]> keys = new ArrayList<>();
  private final Set<List<Long>> groups = new HashSet<>();
  private boolean hasDroppedFields;
  private long bytes;
  private boolean emptied;
  private long rewritten;

  SeriesCompaction(Engine engine, Shard shard) {
    this.engine = engine;
    this.shard = shard;
    this.writer = new ChunkWriter(engine);
  }

  /** Compacts a series if it needs it; false if it has to be done later. */
  boolean compact(int seriesId) {
    bytes = 0;
    emptied = false;
    if (shard.head().contains(seriesId)) {
      return false;
    }
    boolean exists = shard.policy().database().index().contains(seriesId);
    collectKeys(seriesId);
    if (!exists) {
      emptied = true;
      replace();
      return true;
    }
    if (bytes > MAX_BYTES) {
      LOG.warn("series {} of shard {} is too large to compact", seriesId, shard.bounds());
      return false;
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

  private void collectKeys(int seriesId) {
    keys.clear();
    groups.clear();
    hasDroppedFields = false;
    byte[] prefix =
        Arrays.copyOf(
            ChunkKeys.key(shard.policy().id(), shard.bounds().startHours(), seriesId, 0, 0, 0),
            ChunkKeys.SERIES_PREFIX_BYTES);
    try (KvIterator chunks =
        engine.kv().iterator(KvFamily.CHUNK, null, prefix, ChunkKeys.successor(prefix))) {
      for (boolean more = chunks.seekFirst(); more; more = chunks.next()) {
        byte[] key = Arrays.copyOf(chunks.key(), chunks.keyLength());
        keys.add(key);
        bytes += chunks.valueLength();
        groups.add(List.of(ChunkKeys.firstTimestampNanos(key), ChunkKeys.sequence(key)));
        int fieldId = ChunkKeys.fieldId(key);
        hasDroppedFields |=
            fieldId != 0 && !shard.policy().database().index().isLive(seriesId, fieldId);
      }
    }
  }

  private Gain assess(ScanSpec spec) {
    boolean merged = false;
    long rows = 0;
    try (PolicyIterator iterator = new PolicyIterator(engine, shard.policy().id())) {
      ShardView view = new ShardView(engine, shard, spec, iterator);
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
    boolean fewer = groups.size() > (rows + RowGroup.MAX_ROWS - 1) / RowGroup.MAX_ROWS;
    return merged || fewer || hasDroppedFields ? Gain.SOME : Gain.NONE;
  }

  private boolean rewrite(ScanSpec spec) {
    try (PolicyIterator iterator = new PolicyIterator(engine, shard.policy().id())) {
      ShardView view = new ShardView(engine, shard, spec, iterator);
      try (SeriesScan scan = new SeriesScan(spec, List.of(view), () -> {})) {
        scan.nextSeries();
        while (scan.nextBatch()) {
          builder.add(spec.fieldIds(), scan.batch(), group -> store(spec, group));
        }
      }
      if (view.hasSeenDamage()) {
        builder.clear();
        writer.discard();
        shard.recordNotStored();
        return false;
      }
    }
    builder.finish(group -> store(spec, group));
    emptied = writer.isEmpty();
    replace();
    return true;
  }

  private void store(ScanSpec spec, RowGroup group) {
    writer.addCompacted(shard, spec.seriesIds()[0], group);
  }

  private void replace() {
    for (byte[] key : keys) {
      writer.deleteChunk(key);
    }
    rewritten += keys.size();
    try {
      writer.commit();
    } catch (StorageException e) {
      // The series is as it was; what was noted in the shard's record is in memory only.
      shard.recordNotStored();
      engine.writeFailed(e);
      throw e;
    }
  }
}
