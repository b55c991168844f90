package io.varve.storage.index;

import io.varve.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The measurements of a database by id and by name, and which of them each block of series ids
 * belongs to. One writer; readers take no lock.
 */
final class MeasurementTable {
  /** One count for all databases, so that no two of them ever have the same number. */
  private static final AtomicLong SCHEMA_VERSIONS = new AtomicLong();

  private static final int LAST_BLOCK = (1 << (32 - Measurement.BLOCK_BITS)) - 2;

  /** Whose ids a block of 4096 series ids holds. */
  record Block(Measurement measurement, int firstOrdinal) {
    /** The ordinal of a series of this block in its measurement. */
    int ordinal(int seriesId) {
      return firstOrdinal + (seriesId & (Measurement.BLOCK_SERIES - 1));
    }

    /** Where the key of a series of this block is, or -1. */
    long location(int seriesId) {
      return measurement.location(ordinal(seriesId));
    }
  }

  private final NameTable names = new NameTable();
  private volatile @Nullable Measurement[] measurements = new Measurement[4];
  private volatile @Nullable Block[] blocks = new Block[4];
  private int nextId;
  private int nextBlock;
  private volatile long schemaVersion = SCHEMA_VERSIONS.incrementAndGet();

  /** By id; null where there is none. Not to be changed. */
  @Nullable Measurement[] all() {
    return measurements;
  }

  /** The id of a measurement by the UTF-8 bytes of its name, or {@link SeriesIndex#NONE}. */
  int find(byte[] name, int offset, int length) {
    return (int) names.find(name, offset, length, 0);
  }

  /** The measurement of a name, or null. */
  @Nullable Measurement named(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int id = find(bytes, 0, bytes.length);
    return id == SeriesIndex.NONE ? null : getOrNull(id);
  }

  /** The measurement with an id; throws if there is none. */
  Measurement get(int measurementId) {
    Measurement measurement = getOrNull(measurementId);
    if (measurement == null) {
      throw new IllegalArgumentException("no measurement has id " + measurementId);
    }
    return measurement;
  }

  /** The measurement with an id, or null. */
  @Nullable Measurement getOrNull(int measurementId) {
    @Nullable Measurement[] known = measurements;
    return measurementId < 0 || measurementId >= known.length ? null : known[measurementId];
  }

  /** The block that a series id is in, or null. */
  @Nullable Block block(int seriesId) {
    @Nullable Block[] known = blocks;
    int number = seriesId >>> Measurement.BLOCK_BITS;
    return number < known.length ? known[number] : null;
  }

  /** A number that changes whenever a measurement or field comes or goes, and is never reused. */
  long schemaVersion() {
    return schemaVersion;
  }

  /** Called after the change, so that whoever reads the old number may see the change already. */
  void noteSchemaChange() {
    schemaVersion = SCHEMA_VERSIONS.incrementAndGet();
  }

  /** Measurement ids are below this. */
  int nextId() {
    return nextId;
  }

  /** Sets what the next ids are. Loading only. */
  void setNext(int nextId, int nextBlock) {
    this.nextId = nextId;
    this.nextBlock = nextBlock;
  }

  /** Adds a measurement without blocks. Writer. */
  Measurement add(int id, byte[] name) {
    @Nullable Measurement[] grown = measurements;
    if (id >= grown.length) {
      grown = Arrays.copyOf(grown, Math.max(id + 1, grown.length * 2));
    }
    Measurement measurement = new Measurement(id, name);
    grown[id] = measurement;
    measurements = grown;
    nextId = Math.max(nextId, id + 1);
    names.insert(id, Hash64.of(name, 0, name.length, 0));
    noteSchemaChange();
    return measurement;
  }

  /** Whether a block has no owner and may get one. Loading only. */
  boolean isFree(int block) {
    return block >= 0 && block < nextBlock && (block >= blocks.length || blocks[block] == null);
  }

  /** Gives a measurement a block of ids. Writer. */
  void assignBlock(Measurement measurement, int block) {
    if (block > LAST_BLOCK) {
      throw new StorageException(
          StorageException.Kind.RESOURCES, "the database has used up all of its series ids");
    }
    @Nullable Block[] grown = blocks;
    if (block >= grown.length) {
      grown = Arrays.copyOf(grown, Math.max(block + 1, grown.length * 2));
    }
    grown[block] = new Block(measurement, measurement.addBlock(block));
    blocks = grown;
    nextBlock = Math.max(nextBlock, block + 1);
  }

  /** Takes a measurement out; its id is not handed out again. Writer. */
  void remove(Measurement measurement) {
    names.remove(measurement.id);
    @Nullable Measurement[] rest = measurements.clone();
    rest[measurement.id] = null;
    measurements = rest;
    noteSchemaChange();
  }

  /** The number of the block to be handed out next. Writer. */
  int nextBlock() {
    return nextBlock;
  }

  /** The record of what the next ids are. Writer. */
  byte[] encode() {
    byte[] value = new byte[9];
    value[0] = SeriesIndex.FORMAT_VERSION;
    BigEndian.putInt(value, 1, nextId);
    BigEndian.putInt(value, 5, nextBlock);
    return value;
  }

  /** From measurement names to ids. */
  private final class NameTable extends HashSlots {
    @Override
    boolean matches(long id, byte[] key, int offset, int length, int kind) {
      Measurement measurement = getOrNull((int) id);
      return measurement != null
          && measurement.nameBytes.length == length
          && Arrays.equals(measurement.nameBytes, 0, length, key, offset, offset + length);
    }

    @Override
    int lowHashOf(long id) {
      byte[] name = get((int) id).nameBytes;
      return (int) Hash64.of(name, 0, name.length, 0);
    }
  }
}
