package io.varve.storage;

import io.varve.storage.chunk.Chunk;
import io.varve.storage.chunk.ChunkEncoder;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * The ends of series in the chunks of a shard as of a view, from the {@link ChunkCache} alone: as
 * they were found before, or from runs that a scan has left there. For one thread.
 */
final class StoredLastRows {
  private static final int NONE = -1;

  private final ChunkCache cache;
  private final Shard shard;
  private final long version;
  private final int[] fieldIds;
  private final Chunk chunk = new Chunk();

  /** See {@link #openNewest}. */
  private boolean alone;

  /** Made when first needed: the statistics of most chunks tell their last value. */
  private double[] doubles = {};

  private long[] longs = {};

  /**
   * @param version of the view
   * @param fieldIds not copied, not to be changed
   */
  StoredLastRows(ChunkCache cache, Shard shard, long version, int[] fieldIds) {
    this.cache = cache;
    this.shard = shard;
    this.version = version;
    this.fieldIds = fieldIds;
  }

  /** The end of a series; null if a scan has to look for it. */
  @Nullable StoredLastRow get(int seriesId) {
    ShardChunks chunks = shard.cachedChunks();
    StoredLastRow known = chunks.lastRow(seriesId, cache.round());
    if (known != null && known.covers(fieldIds, version)) {
      return known;
    }
    ChunkRun[] runs = chunks.runs(seriesId, cache.round());
    StoredLastRow found;
    try {
      found = runs.length < fieldIds.length ? null : find(runs);
    } catch (CorruptChunkException e) {
      // The scan comes across it, too, and reports it.
      return null;
    }
    if (found != null) {
      cache.put(chunks, seriesId, found, version);
    }
    return found;
  }

  private @Nullable StoredLastRow find(ChunkRun[] runs) {
    long last = Long.MIN_VALUE;
    long from = shard.bounds().startNanos();
    boolean plain = true;
    long[] bits = new long[fieldIds.length];
    for (int field = 0; field < fieldIds.length; field++) {
      ChunkRun run = lastRun(runs, fieldIds[field]);
      if (run == null) {
        return null;
      }
      from = Math.max(from, run.fromNanos());
      int newest = openNewest(run);
      if (newest == NONE) {
        plain = false;
        continue;
      }
      long lastOfField = chunk.lastTimestampNanos();
      plain &= alone && (field == 0 || lastOfField == last);
      plain = plain && hasTimes(runs, run, newest) && readLast(bits, field);
      last = Math.max(last, lastOfField);
    }
    boolean known = from == shard.bounds().startNanos() || isBehindOlder(last, from);
    return known ? new StoredLastRow(fieldIds, version, last, plain ? bits : null) : null;
  }

  /** The run that tells the end of a field; null if there is none. */
  private @Nullable ChunkRun lastRun(ChunkRun[] runs, int fieldId) {
    for (ChunkRun run : runs) {
      if (run.covers(fieldId, Long.MAX_VALUE, Long.MAX_VALUE, version)) {
        return run;
      }
    }
    return null;
  }

  /**
   * Opens the chunk with the last row; {@link #NONE} without chunks. Says by {@link #alone} whether
   * no other has a row of that time.
   */
  private int openNewest(ChunkRun run) {
    int newest = NONE;
    long last = Long.MIN_VALUE;
    for (int i = 0; i < run.count(); i++) {
      open(run, i);
      long lastOfChunk = chunk.lastTimestampNanos();
      if (newest == NONE || lastOfChunk >= last) {
        alone = newest == NONE || lastOfChunk > last;
        newest = i;
        last = lastOfChunk;
      }
    }
    if (newest != run.count() - 1) {
      open(run, newest);
    }
    return newest;
  }

  private void open(ChunkRun run, int index) {
    byte[] value = run.value(index);
    if (run.isOpened(index)) {
      chunk.openAgain(value, 0, value.length, run.firstTimestampNanos(index));
    } else {
      chunk.open(value, 0, value.length, run.firstTimestampNanos(index), run.salt(index));
    }
  }

  /** Whether the times of the open chunk are at hand: a scan leaves rows out whose are damaged. */
  private boolean hasTimes(ChunkRun[] runs, ChunkRun of, int index) {
    if (chunk.hasInlineTimes()) {
      return true;
    }
    long first = of.firstTimestampNanos(index);
    for (ChunkRun run : runs) {
      if (run.covers(ChunkEncoder.TIME_FIELD_ID, first, first, version)) {
        for (int i = run.ceiling(first); i < run.count(); i++) {
          if (run.firstTimestampNanos(i) != first) {
            return false;
          }
          if (run.sequence(i) == of.sequence(index)) {
            return run.isOpened(i);
          }
        }
      }
    }
    return false;
  }

  /** Reads the value in the last row of the open chunk; false if it has none that is a number. */
  private boolean readLast(long[] bits, int field) {
    int last = chunk.rowCount() - 1;
    long[] presence = chunk.presence();
    if (chunk.type() == FieldType.STRING
        || (presence != null && (presence[last >>> 6] >>> last & 1) == 0)) {
      return false;
    }
    ColumnStats stats = chunk.stats();
    if (stats != null) {
      bits[field] = stats.lastBits();
    } else if (chunk.type() == FieldType.FLOAT) {
      doubles = doubles.length > 0 ? doubles : new double[RowGroup.MAX_ROWS];
      chunk.decodeDoubles(doubles);
      bits[field] = Double.doubleToRawLongBits(doubles[last]);
    } else {
      longs = longs.length > 0 ? longs : new long[RowGroup.MAX_ROWS];
      chunk.decodeLongs(longs);
      bits[field] = longs[last];
    }
    return true;
  }

  /** Whether no chunk that begins before a time has a row at or behind the last one. */
  private boolean isBehindOlder(long last, long fromNanos) {
    return last >= fromNanos
        && Long.compareUnsigned(last - fromNanos, shard.maxGroupSpanNanos()) >= 0;
  }
}
