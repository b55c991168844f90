package io.varve.storage.read;

import io.varve.storage.chunk.ChunkEncoder;
import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A shard in a sorted map, with the keys of the real one. */
final class MemoryShard implements ShardSource {
  private record Key(int seriesId, int fieldId, long first, long sequence)
      implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = Integer.compare(seriesId, other.seriesId);
      order = order != 0 ? order : Integer.compare(fieldId, other.fieldId);
      order = order != 0 ? order : Long.compare(first, other.first);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }

    long salt() {
      return hashCode() * 0x9E3779B97F4A7C15L;
    }
  }

  private final TimeRange range;
  private final TreeMap<Key, byte[]> chunks = new TreeMap<>();
  private final Map<Integer, List<RowGroup>> unsealed = new HashMap<>();
  private final ChunkEncoder encoder = new ChunkEncoder();
  private long maxGroupSpanNanos;
  private long lastStoredNanos = Long.MIN_VALUE;
  int seeks;
  int reads;
  boolean skipDamage;

  MemoryShard(TimeRange range) {
    this.range = range;
  }

  void seal(int seriesId, RowGroup group, long sequence) {
    long first = group.timestampNanos[0];
    maxGroupSpanNanos =
        Math.max(maxGroupSpanNanos, group.timestampNanos[group.rowCount - 1] - first);
    lastStoredNanos = Math.max(lastStoredNanos, group.timestampNanos[group.rowCount - 1]);
    encoder.times(group.timestampNanos, group.rowCount);
    if (!encoder.timesInline()) {
      Key key = new Key(seriesId, ChunkEncoder.TIME_FIELD_ID, first, sequence);
      chunks.put(key, encoder.encodeTimes(key.salt()));
    }
    for (ColumnData column : group.columns) {
      Key key = new Key(seriesId, column.fieldId, first, sequence);
      chunks.put(key, encoder.encode(column, key.salt()));
    }
  }

  void addUnsealed(int seriesId, RowGroup group) {
    unsealed.computeIfAbsent(seriesId, id -> new ArrayList<>()).add(group);
  }

  /** Changes a byte of every chunk of a field. */
  void damage(int seriesId, int fieldId) {
    chunks.forEach(
        (key, value) -> {
          if (key.seriesId == seriesId && key.fieldId == fieldId) {
            value[value.length - 1] ^= 1;
          }
        });
  }

  /** Loses every chunk of a field. */
  void remove(int seriesId, int fieldId) {
    chunks.keySet().removeIf(key -> key.seriesId == seriesId && key.fieldId == fieldId);
  }

  @Override
  public TimeRange range() {
    return range;
  }

  @Override
  public boolean mayContain(int seriesId) {
    Map.Entry<Key, byte[]> entry =
        chunks.ceilingEntry(new Key(seriesId, 0, Long.MIN_VALUE, Long.MIN_VALUE));
    return (entry != null && entry.getKey().seriesId == seriesId) || unsealed.containsKey(seriesId);
  }

  @Override
  public List<RowGroup> unsealedRows(int seriesId) {
    return unsealed.getOrDefault(seriesId, List.of());
  }

  @Override
  public long maxGroupSpanNanos() {
    return maxGroupSpanNanos;
  }

  @Override
  public long lastStoredNanos() {
    return lastStoredNanos;
  }

  @Override
  public void damaged(
      int seriesId, int fieldId, long firstTimestampNanos, CorruptChunkException damage) {
    if (!skipDamage) {
      throw damage;
    }
  }

  @Override
  public ChunkIterator chunks() {
    return new ChunkIterator() {
      private Key key = new Key(0, 0, 0, 0);
      private byte[] value = new byte[0];
      private long to;

      @Override
      public boolean seek(
          int seriesId, int fieldId, long fromTimestampNanos, long toTimestampNanos) {
        seeks++;
        to = toTimestampNanos;
        Key from = new Key(seriesId, fieldId, fromTimestampNanos, Long.MIN_VALUE);
        return take(chunks.ceilingEntry(from), seriesId, fieldId);
      }

      @Override
      public boolean next() {
        return take(chunks.higherEntry(key), key.seriesId, key.fieldId);
      }

      private boolean take(Map.@Nullable Entry<Key, byte[]> entry, int seriesId, int fieldId) {
        if (entry == null
            || entry.getKey().seriesId != seriesId
            || entry.getKey().fieldId != fieldId
            || entry.getKey().first > to) {
          return false;
        }
        key = entry.getKey();
        value = entry.getValue();
        return true;
      }

      @Override
      public long firstTimestampNanos() {
        return key.first;
      }

      @Override
      public long sequence() {
        return key.sequence;
      }

      @Override
      public long keySalt() {
        return key.salt();
      }

      @Override
      public byte[] value() {
        reads++;
        return value.clone();
      }

      @Override
      public boolean isOpened() {
        return false;
      }
    };
  }
}
