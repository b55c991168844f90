package io.varve.storage.index;

import io.varve.storage.StorageException;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import java.util.HexFormat;

/** Fills an empty index from its records, which come in the order of their keys. */
final class IndexLoader {
  private final SeriesIndex index;
  private final IndexEntries entries;
  private boolean storeSeen;

  IndexLoader(SeriesIndex index, IndexEntries entries) {
    this.index = index;
    this.entries = entries;
  }

  SeriesIndex load() {
    while (entries.next()) {
      byte[] key = entries.key();
      byte[] value = entries.value();
      try {
        if (!restore(key, value)) {
          throw corrupt(key, "does not fit the records before it");
        }
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        throw corrupt(key, String.valueOf(e.getMessage()));
      }
    }
    return index;
  }

  static StorageException corrupt(byte[] key, String reason) {
    return new StorageException(
        StorageException.Kind.CORRUPTION,
        "index record " + HexFormat.of().formatHex(key) + " is damaged: " + reason);
  }

  private boolean restore(byte[] key, byte[] value) {
    if (key.length == 0) {
      return false;
    }
    if (!storeSeen && key[0] != IndexKeys.STORE) {
      return key[0] == IndexKeys.SHARD;
    }
    return switch (key[0]) {
      case IndexKeys.STORE -> key.length == 1 && value.length == 9 && restoreStore(value);
      case IndexKeys.MEASUREMENT -> key.length == 5 && restoreMeasurement(key, value);
      case IndexKeys.FIELD -> key.length == 7 && restoreField(key, value);
      case IndexKeys.SERIES ->
          key.length == 5 && index.restoreSeries(BigEndian.getInt(key, 1), value);
      case IndexKeys.SHARD -> true;
      default -> false;
    };
  }

  private boolean restoreStore(byte[] value) {
    if (value[0] != SeriesIndex.FORMAT_VERSION) {
      throw new StorageException(
          StorageException.Kind.UNAVAILABLE,
          "the index has format version " + value[0] + "; this release reads version 1");
    }
    storeSeen = true;
    int nextMeasurementId = BigEndian.getInt(value, 1);
    int nextBlock = BigEndian.getInt(value, 5);
    index.measurements().setNext(nextMeasurementId, nextBlock);
    return nextMeasurementId > 0 && nextBlock > 0;
  }

  private boolean restoreMeasurement(byte[] key, byte[] value) {
    int id = BigEndian.getInt(key, 1);
    int nextOrdinal = BigEndian.getInt(value, 0);
    int blockCount = BigEndian.getInt(value, 4);
    long nameAt = 8 + 4L * blockCount;
    if (id < 0
        || id >= index.measurements().nextId()
        || blockCount <= 0
        || nameAt > value.length
        || nextOrdinal < 0
        || nextOrdinal > blockCount << Measurement.BLOCK_BITS) {
      return false;
    }
    byte[] name = Arrays.copyOfRange(value, (int) nameAt, value.length);
    if (index.findMeasurement(name, 0, name.length) != SeriesIndex.NONE) {
      return false;
    }
    Measurement measurement = index.measurements().add(id, name);
    for (int i = 0; i < blockCount; i++) {
      int block = BigEndian.getInt(value, 8 + 4 * i);
      if (!index.measurements().isFree(block)) {
        return false;
      }
      index.measurements().assignBlock(measurement, block);
    }
    measurement.reserveBelow(nextOrdinal);
    return true;
  }

  private boolean restoreField(byte[] key, byte[] value) {
    Measurement measurement = index.measurements().getOrNull(BigEndian.getInt(key, 1));
    int id = BigEndian.getShort(key, 5);
    if (measurement == null || id == 0 || id > SeriesIndex.MAX_FIELD_ID || value.length == 0) {
      return false;
    }
    if (value[0] == SeriesIndex.DROPPED_FIELD) {
      measurement.fields.restoreDropped(id);
      return value.length == 1;
    }
    FieldType type = FieldType.ofCode(value[0]);
    byte[] name = Arrays.copyOfRange(value, 1, value.length);
    if (measurement.fields.find(name, 0, name.length, type) != SeriesIndex.NONE) {
      return false;
    }
    measurement.fields.add(id, name, type);
    return true;
  }
}
