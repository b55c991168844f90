package io.varve.storage.index;

import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * What one shard holds: the series with rows in it, and the one type each field name has in it.
 *
 * <p>A field name may have different types in different shards but only one within a shard; a
 * conflict is raised against the shard written to. Threads as in {@link SeriesIndex}.
 *
 * <p>In memory the series are plain bits, 512 bytes per block of 4096 ids that has any: writers ask
 * for every row, so asking must cost next to nothing.
 *
 * <p>Field types go through {@link SeriesIndex#drainChanges} with the points that caused them. The
 * set of series is stored by whoever checkpoints the head, as {@link #encodeSeries}; rows behind
 * the checkpoint bring theirs back when they are replayed.
 */
public final class ShardIndex {
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle ROW = MethodHandles.arrayElementVarHandle(long[][].class);
  private static final int PAGE_WORDS = Measurement.BLOCK_SERIES / 64;
  private static final FieldType[] TYPES = FieldType.values();

  private final SeriesIndex index;
  private final long shardId;

  /** Bits of the series by block; pages without any are null. */
  private volatile long[] @Nullable [] pages = new long[4][];

  private boolean seriesChanged;

  /**
   * By measurement: bit n is set if the field with id n is in the shard. At most 8 KiB each, as ids
   * are 16 bits; rows and the whole are replaced when they grow, and published after they are full.
   */
  private volatile long[] @Nullable [] fields = new long[4][];

  /**
   * An empty shard.
   *
   * @param shardId tells the shards of a database apart; part of the records' keys
   */
  public ShardIndex(SeriesIndex index, long shardId) {
    this.index = index;
    this.shardId = shardId;
  }

  /**
   * Rebuilds a shard from its records: those whose keys begin with {@link
   * IndexKeys#shardPrefix(long)}.
   *
   * @throws io.varve.storage.StorageException of kind CORRUPTION, naming the key, if a record
   *     cannot be what this class wrote
   */
  public static ShardIndex load(SeriesIndex index, long shardId, IndexEntries entries) {
    ShardIndex shard = new ShardIndex(index, shardId);
    byte[] prefix = IndexKeys.shardPrefix(shardId);
    while (entries.next()) {
      byte[] key = entries.key();
      if (key.length <= prefix.length || !Arrays.equals(key, 0, 9, prefix, 0, 9)) {
        throw IndexLoader.corrupt(key, "is not of shard " + shardId);
      }
      shard.restore(key, entries.value());
    }
    shard.seriesChanged = false;
    return shard;
  }

  public long shardId() {
    return shardId;
  }

  /**
   * The id under which a value of this name and type is stored here; allocates nothing unless the
   * field is new to the shard. Writer.
   *
   * @return the field's id; or, if the name has another type in this shard, the negated id of the
   *     field that it has; or 0 if the measurement has no field ids left
   */
  public int resolveField(int measurementId, byte[] name, int offset, int length, FieldType type) {
    int known = index.findField(measurementId, name, offset, length, type);
    if (known != SeriesIndex.NONE && hasField(measurementId, known)) {
      return known;
    }
    return addField(measurementId, name, offset, length, type);
  }

  /** Apart, as the code that is made for the other is made often and late otherwise. */
  private int addField(int measurementId, byte[] name, int offset, int length, FieldType type) {
    for (FieldType other : TYPES) {
      int taken = index.findField(measurementId, name, offset, length, other);
      if (taken != SeriesIndex.NONE && hasField(measurementId, taken)) {
        return -taken;
      }
    }
    int id = index.resolveField(measurementId, name, offset, length, type);
    if (id == SeriesIndex.NONE) {
      return 0;
    }
    setField(measurementId, id);
    index.changes().put(IndexKeys.shardField(shardId, measurementId, id), new byte[0]);
    return id;
  }

  /** Notes that a series has rows here; about a nanosecond if that is known. Writer. */
  public void addSeries(int seriesId) {
    int number = seriesId >>> Measurement.BLOCK_BITS;
    long[] @Nullable [] known = pages;
    long[] page = number < known.length ? known[number] : null;
    if (page == null) {
      page = new long[PAGE_WORDS];
      if (number >= known.length) {
        known = Arrays.copyOf(known, Math.max(number + 1, known.length * 2));
      }
      known[number] = page;
      pages = known;
    }
    int at = (seriesId & (Measurement.BLOCK_SERIES - 1)) >>> 6;
    long word = page[at];
    long bit = 1L << seriesId;
    if ((word & bit) == 0) {
      WORD.setRelease(page, at, word | bit);
      seriesChanged = true;
    }
  }

  /** Whether a series has rows here. */
  public boolean containsSeries(int seriesId) {
    int number = seriesId >>> Measurement.BLOCK_BITS;
    long[] @Nullable [] known = pages;
    long[] page = number < known.length ? known[number] : null;
    int at = (seriesId & (Measurement.BLOCK_SERIES - 1)) >>> 6;
    return page != null && ((long) WORD.getAcquire(page, at) & 1L << seriesId) != 0;
  }

  /** How many series have rows here. */
  public int seriesCount() {
    int count = 0;
    for (long[] page : pages) {
      for (int at = 0; page != null && at < PAGE_WORDS; at++) {
        count += Long.bitCount((long) WORD.getAcquire(page, at));
      }
    }
    return count;
  }

  /** All series with rows here; the bitmap belongs to the caller. */
  public RoaringBitmap series() {
    RoaringBitmap series = new RoaringBitmap();
    long[] @Nullable [] known = pages;
    for (int number = 0; number < known.length; number++) {
      long[] page = known[number];
      for (int at = 0; page != null && at < PAGE_WORDS; at++) {
        long word = (long) WORD.getAcquire(page, at);
        while (word != 0) {
          series.add(number << Measurement.BLOCK_BITS | at << 6 | Long.numberOfTrailingZeros(word));
          word &= word - 1;
        }
      }
    }
    return series;
  }

  /** Whether any of the candidates has rows here; ends at the first. */
  public boolean containsAny(RoaringBitmap candidates) {
    IntIterator ids = candidates.getIntIterator();
    while (ids.hasNext()) {
      if (containsSeries(ids.next())) {
        return true;
      }
    }
    return false;
  }

  /** Those of the candidates that have rows here, ascending. */
  public int[] intersect(RoaringBitmap candidates) {
    int[] ids = candidates.toArray();
    int count = 0;
    for (int id : ids) {
      if (containsSeries(id)) {
        ids[count++] = id;
      }
    }
    return Arrays.copyOf(ids, count);
  }

  /** Forgets series. Writer. */
  public void removeSeries(RoaringBitmap seriesIds) {
    IntIterator ids = seriesIds.getIntIterator();
    while (ids.hasNext()) {
      int seriesId = ids.next();
      if (containsSeries(seriesId)) {
        long[] page = pages[seriesId >>> Measurement.BLOCK_BITS];
        if (page != null) {
          int at = (seriesId & (Measurement.BLOCK_SERIES - 1)) >>> 6;
          WORD.setRelease(page, at, page[at] & ~(1L << seriesId));
          seriesChanged = true;
        }
      }
    }
  }

  /** Forgets dropped fields of a measurement. Writer. */
  public void removeFields(int measurementId, int[] fieldIds) {
    for (int id : fieldIds) {
      if (hasField(measurementId, id)) {
        index.changes().delete(IndexKeys.shardField(shardId, measurementId, id));
        long[] bits = fieldsOf(measurementId);
        if (bits != null) {
          WORD.setRelease(bits, id >>> 6, bits[id >>> 6] & ~(1L << id));
        }
      }
    }
  }

  /** Forgets the field types of a measurement. Writer. */
  public void removeMeasurement(int measurementId) {
    long[] bits = fieldsOf(measurementId);
    if (bits == null) {
      return;
    }
    for (int id = 1; id < bits.length * 64; id++) {
      if (hasField(measurementId, id)) {
        index.changes().delete(IndexKeys.shardField(shardId, measurementId, id));
      }
    }
    ROW.setRelease(fields, measurementId, null);
  }

  /** Forgets the field types of a measurement none of whose series has rows here. Writer. */
  public void removeUnused(int measurementId) {
    if (fieldsOf(measurementId) != null && !containsAny(index.seriesOf(measurementId))) {
      removeMeasurement(measurementId);
    }
  }

  /** Whether the set of series differs from the one last reported to {@link #seriesStored}. */
  public boolean seriesChanged() {
    return seriesChanged;
  }

  /** The value of the record {@link IndexKeys#shardSeries(long)}: portable Roaring. Writer. */
  public byte[] encodeSeries() {
    RoaringBitmap series = series();
    series.runOptimize();
    ByteBuffer bytes = ByteBuffer.allocate(series.serializedSizeInBytes());
    series.serialize(bytes);
    return bytes.array();
  }

  /** The set of series is durable as it is now. Writer, with no change since it was encoded. */
  public void seriesStored() {
    seriesChanged = false;
  }

  /** Whether a field has been written here, and not all series of its measurement left since. */
  public boolean hasField(int measurementId, int fieldId) {
    long[] bits = fieldsOf(measurementId);
    int at = fieldId >>> 6;
    return bits != null
        && at < bits.length
        && ((long) WORD.getAcquire(bits, at) & 1L << fieldId) != 0;
  }

  private long @Nullable [] fieldsOf(int measurementId) {
    long[] @Nullable [] known = fields;
    return measurementId < known.length ? (long[]) ROW.getAcquire(known, measurementId) : null;
  }

  private void setField(int measurementId, int fieldId) {
    if (measurementId >= fields.length) {
      fields = Arrays.copyOf(fields, Math.max(measurementId + 1, fields.length * 2));
    }
    long[] bits = fieldsOf(measurementId);
    int at = fieldId >>> 6;
    if (bits == null || at >= bits.length) {
      bits =
          bits == null ? new long[at + 1] : Arrays.copyOf(bits, Math.max(at + 1, bits.length * 2));
      bits[at] |= 1L << fieldId;
      ROW.setRelease(fields, measurementId, bits);
    } else {
      WORD.setRelease(bits, at, bits[at] | 1L << fieldId);
    }
  }

  private void restore(byte[] key, byte[] value) {
    byte kind = key[IndexKeys.SHARD_PREFIX_BYTES];
    int rest = key.length - IndexKeys.SHARD_PREFIX_BYTES;
    if (kind == IndexKeys.SHARD_SERIES && rest == 1) {
      restoreSeries(key, value);
    } else if (kind == IndexKeys.SHARD_FIELD && rest == 7) {
      restoreField(key);
    } else {
      throw IndexLoader.corrupt(key, "is of no known kind");
    }
  }

  private void restoreSeries(byte[] key, byte[] value) {
    RoaringBitmap series = new RoaringBitmap();
    try {
      series.deserialize(ByteBuffer.wrap(value));
    } catch (IOException | RuntimeException e) {
      throw IndexLoader.corrupt(key, String.valueOf(e.getMessage()));
    }
    IntIterator ids = series.getIntIterator();
    while (ids.hasNext()) {
      addSeries(ids.next());
    }
  }

  private void restoreField(byte[] key) {
    int measurementId = BigEndian.getInt(key, IndexKeys.SHARD_PREFIX_BYTES + 1);
    int fieldId = BigEndian.getShort(key, IndexKeys.SHARD_PREFIX_BYTES + 5);
    Measurement measurement = index.measurements().getOrNull(measurementId);
    Field field = measurement == null ? null : measurement.fields.field(fieldId);
    if (field == null) {
      throw IndexLoader.corrupt(key, "names a field that does not exist");
    }
    setField(measurementId, fieldId);
  }
}
