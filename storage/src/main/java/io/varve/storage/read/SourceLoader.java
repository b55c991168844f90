package io.varve.storage.read;

import io.varve.storage.ScanSpec;
import io.varve.storage.chunk.Chunk;
import io.varve.storage.chunk.ChunkEncoder;
import io.varve.storage.chunk.SortedRows;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the row sources of one series in one shard, ascending by first timestamp, slice by slice.
 *
 * <p>Keys put the field before the time, so row by row would mean a seek per chunk. A slice is read
 * field by field instead: the first field takes up to a fixed number of chunks and thereby says
 * where the slice ends; the others follow up to there. A field that has more chunks in that time
 * makes the slice end earlier. One seek per field and slice, and the chunks in memory stay few. For
 * one thread.
 */
final class SourceLoader {
  /** Chunks of one field in a slice. */
  private static final int MAX_SLICE_CHUNKS = 32;

  /** Bytes of one field in a slice, but for its last chunk. */
  private static final int MAX_SLICE_BYTES = 1 << 20;

  private final int[] fieldIds;
  private final TimeRange range;
  private final boolean descending;
  private final int[] columnsByField;
  private final Chunk.Scratch scratch = new Chunk.Scratch();
  private final Tally tally;

  /** How many of the newest rows of the head a scan backwards gets at first, and then. */
  private static final int[] LAST_ROWS = {4, 32};

  private static final Comparator<RowSource> BY_TIME =
      Comparator.comparingLong(RowSource::firstTimestampNanos);

  private final List<StoredGroup> groups = new ArrayList<>();
  private final List<UnsealedGroup> unsealed = new ArrayList<>();
  private List<Deletion> deletions = List.of();
  private @Nullable ShardSource shard;
  private int seriesId;
  private long groupSpanNanos;

  /** No chunk has a later row. */
  private long lastStoredNanos;

  /** First timestamps not visited yet are within [from, to]. */
  private long fromNanos;

  private long toNanos;

  /** Size of the next slice backwards. */
  private long windowNanos;

  private boolean done = true;

  SourceLoader(ScanSpec spec, Tally tally) {
    this.tally = tally;
    fieldIds = spec.fieldIds();
    range = spec.range();
    descending = spec.descending();
    columnsByField = new int[fieldIds.length];
    for (int column = 0; column < fieldIds.length; column++) {
      int at = column;
      for (; at > 0 && fieldIds[columnsByField[at - 1]] > fieldIds[column]; at--) {
        columnsByField[at] = columnsByField[at - 1];
      }
      columnsByField[at] = column;
    }
  }

  /**
   * Moves to a series of a shard.
   *
   * @param into gets the rows of the head, if the scan goes backwards
   */
  void start(ShardSource newShard, int newSeriesId, List<RowSource> into) {
    shard = newShard;
    seriesId = newSeriesId;
    groupSpanNanos = newShard.maxGroupSpanNanos();
    lastStoredNanos = newShard.lastStoredNanos();
    TimeRange stored = newShard.range();
    fromNanos = Math.max(minusSpan(range.startNanos()), stored.startNanos());
    toNanos = Math.min(lastStoredNanos, Math.min(lastNanos(range), lastNanos(stored)));
    long shardNanos = toNanos - stored.startNanos();
    // With two spans, the last group and all that may overlap it come in the first slice.
    windowNanos = Math.max(2 * Math.min(groupSpanNanos, Long.MAX_VALUE / 2), shardNanos >>> 8);
    collectUnsealed(newShard.unsealedRows(newSeriesId));
    deletions = newShard.deletions(newSeriesId);
    done = false;
    if (descending) {
      moveUnsealed(into);
    }
  }

  /** The last nanosecond of a range. */
  private static long lastNanos(TimeRange range) {
    return range.endNanos() == Long.MAX_VALUE ? Long.MAX_VALUE : range.endNanos() - 1;
  }

  private long minusSpan(long nanos) {
    return nanos < Long.MIN_VALUE + groupSpanNanos ? Long.MIN_VALUE : nanos - groupSpanNanos;
  }

  private void collectUnsealed(List<? extends SortedRows> rows) {
    unsealed.clear();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).rowCount() > 0) {
        UnsealedGroup group = UnsealedGroup.of(rows.get(i), i, fieldIds);
        if (group.isWanted()
            && range.overlaps(group.firstTimestampNanos(), group.lastTimestampNanos())) {
          UnsealedGroup wanted = group.within(range);
          if (wanted.rowCount() > 0) {
            unsealed.add(wanted);
            tally.unsealedRows += wanted.rowCount();
          }
        }
      }
    }
  }

  /**
   * Hands the rows of the head out in parts, so that who wants only the last of them need not read
   * all. Those behind all chunks are in parts of their own.
   */
  private void moveUnsealed(List<RowSource> into) {
    for (int i = 0; i < unsealed.size(); i++) {
      UnsealedGroup group = unsealed.get(i);
      int free = group.rowsUpTo(lastStoredNanos);
      int to = group.rowCount();
      int end = into.size();
      for (int size : LAST_ROWS) {
        int from = Math.max(free, to - size);
        if (from < to) {
          into.add(end, group.part(from, to));
          to = from;
        }
      }
      if (free < to) {
        into.add(end, group.part(free, to));
      }
      if (free > 0) {
        into.add(end, group.part(0, free));
      }
    }
    unsealed.clear();
    sort(into);
  }

  private static void sort(List<RowSource> sources) {
    if (sources.size() > 1) {
      sources.sort(BY_TIME);
    }
  }

  /** Forgets the rest. */
  void stop() {
    done = true;
    unsealed.clear();
  }

  boolean isDone() {
    return done;
  }

  /** Whether a later slice may hold sources that overlap this one. */
  boolean mayBeOverlapped(RowSource source) {
    // Forwards, slices come in order of first timestamps, so any but the last source is settled.
    return !done
        && descending
        && source.firstTimestampNanos() <= lastStoredNanos
        && minusSpan(source.firstTimestampNanos()) <= toNanos;
  }

  /**
   * Adds the next slice and keeps the list in order of first timestamps. Sources of later slices
   * start after all of the list, or backwards, before all that were stored.
   */
  void load(List<RowSource> into) {
    if (shard == null || done) {
      throw new IllegalStateException("nothing more to load");
    }
    groups.clear();
    if (fromNanos > toNanos) {
      done = true;
    } else if (descending) {
      loadBackwards(shard);
    } else {
      loadForwards(shard);
    }
    loadTimes(shard);
    for (StoredGroup group : groups) {
      if (group.lastTimestampNanos() >= range.startNanos()) {
        RowSource rows = deletions.isEmpty() ? group : TrimmedGroup.of(group, deletions);
        if (rows != null) {
          into.add(rows);
        }
      }
    }
    for (int i = unsealed.size() - 1; i >= 0; i--) {
      if (done || unsealed.get(i).firstTimestampNanos() < fromNanos) {
        into.add(unsealed.remove(i));
      }
    }
    sort(into);
  }

  private void loadForwards(ShardSource source) {
    long sliceLast = toNanos;
    for (int column : columnsByField) {
      sliceLast = loadColumn(source, column, fromNanos, sliceLast);
    }
    while (!groups.isEmpty() && last(groups).firstTimestampNanos() > sliceLast) {
      groups.remove(groups.size() - 1);
    }
    done = sliceLast == toNanos;
    fromNanos = done ? fromNanos : sliceLast + 1;
  }

  private void loadBackwards(ShardSource source) {
    done = Long.compareUnsigned(toNanos - fromNanos, windowNanos) <= 0;
    long sliceFirst = done ? fromNanos : toNanos - windowNanos;
    for (int column : columnsByField) {
      loadColumn(source, column, sliceFirst, toNanos);
    }
    toNanos = done ? toNanos : sliceFirst - 1;
    windowNanos = Math.min(windowNanos, Long.MAX_VALUE / 2) * 2;
  }

  /** Reads one field up to the given time or the limits, and returns how far it came. */
  private long loadColumn(ShardSource source, int column, long sliceFirst, long sliceLast) {
    ChunkIterator chunks = source.chunks();
    int at = 0;
    int count = 0;
    long bytes = 0;
    long previous = Long.MIN_VALUE;
    boolean more = chunks.seek(seriesId, fieldIds[column], sliceFirst, sliceLast);
    for (; more; more = chunks.next()) {
      long first = chunks.firstTimestampNanos();
      long sequence = chunks.sequence();
      boolean full = count >= MAX_SLICE_CHUNKS || bytes >= MAX_SLICE_BYTES;
      if (full && first > previous && !descending) {
        return first - 1;
      }
      byte[] value = chunks.value();
      previous = first;
      count++;
      bytes += value.length;
      tally.chunks++;
      tally.chunkBytes += value.length;
      while (at < groups.size() && groups.get(at).compareKey(first, sequence) < 0) {
        at++;
      }
      try {
        Chunk chunk = open(chunks, value);
        boolean known = at < groups.size() && groups.get(at).compareKey(first, sequence) == 0;
        StoredGroup group =
            known ? groups.get(at) : new StoredGroup(first, sequence, fieldIds.length, tally);
        if (chunk.isTimeChunk() || !group.addColumn(column, chunk)) {
          throw mismatch(first, sequence);
        }
        if (!known) {
          groups.add(at, group);
        }
      } catch (CorruptChunkException e) {
        source.damaged(seriesId, fieldIds[column], first, e);
      }
    }
    return sliceLast;
  }

  /** Fetches the time chunks of the groups that need one; drops those whose times are damaged. */
  private void loadTimes(ShardSource source) {
    ChunkIterator chunks = source.chunks();
    boolean positioned = false;
    boolean more = false;
    int kept = 0;
    for (StoredGroup group : groups) {
      if (group.lacksTimes()) {
        long first = group.firstTimestampNanos();
        if (!positioned) {
          long lastFirst = last(groups).firstTimestampNanos();
          more = chunks.seek(seriesId, ChunkEncoder.TIME_FIELD_ID, first, lastFirst);
          positioned = true;
        }
        while (more && group.compareKey(chunks.firstTimestampNanos(), chunks.sequence()) > 0) {
          more = chunks.next();
        }
        try {
          addTimes(group, more ? chunks : null);
        } catch (CorruptChunkException e) {
          source.damaged(seriesId, ChunkEncoder.TIME_FIELD_ID, first, e);
          continue;
        }
      }
      groups.set(kept++, group);
    }
    groups.subList(kept, groups.size()).clear();
    while (more) {
      // To the end, as a run of chunks is kept only if it is whole.
      more = chunks.next();
    }
  }

  private void addTimes(StoredGroup group, @Nullable ChunkIterator at) {
    long first = group.firstTimestampNanos();
    if (at == null
        || group.compareKey(at.firstTimestampNanos(), at.sequence()) != 0
        || !group.addTimes(openTimes(at))) {
      throw mismatch(first, group.rank());
    }
  }

  private Chunk openTimes(ChunkIterator at) {
    byte[] value = at.value();
    tally.timeChunks++;
    tally.chunkBytes += value.length;
    return open(at, value);
  }

  private Chunk open(ChunkIterator at, byte[] value) {
    Chunk chunk = new Chunk(scratch);
    if (at.isOpened()) {
      chunk.openAgain(value, 0, value.length, at.firstTimestampNanos());
    } else {
      chunk.open(value, 0, value.length, at.firstTimestampNanos(), at.keySalt());
    }
    return chunk;
  }

  private static CorruptChunkException mismatch(long firstTimestampNanos, long sequence) {
    return new CorruptChunkException(
        0,
        "no chunk or one of other rows",
        "a chunk of the row group at " + firstTimestampNanos + ", sequence " + sequence);
  }

  private static StoredGroup last(List<StoredGroup> groups) {
    return groups.get(groups.size() - 1);
  }
}
