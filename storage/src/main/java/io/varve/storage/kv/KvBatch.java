package io.varve.storage.kv;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Changes that {@link KvStore#write} applies all or none. Closed by whoever opened it. */
public final class KvBatch extends KvHandle {
  private final Map<KvFamily, ColumnFamilyHandle> families;
  private final WriteBatch batch = new WriteBatch();

  /** What {@link #putLarge} has its bytes go through. */
  private ByteBuffer outside = ByteBuffer.allocateDirect(0);

  KvBatch(KvStore store, Map<KvFamily, ColumnFamilyHandle> families) {
    super(store);
    this.families = new EnumMap<>(families);
    opened();
  }

  public synchronized void put(KvFamily family, byte[] key, byte[] value) {
    ensureOpen();
    try {
      batch.put(family(family), key, value);
    } catch (RocksDBException e) {
      throw KvErrors.translate("add to a batch", e);
    }
  }

  /**
   * As {@link #put}, without copies on the heap and in the C heap that a value of a megabyte makes
   * there; keeps as much memory outside of the heap until it is closed.
   *
   * @param length of the value, which is at the beginning of its array
   */
  public synchronized void putLarge(KvFamily family, byte[] key, byte[] value, int length) {
    ensureOpen();
    int needed = Math.addExact(key.length, length);
    if (outside.capacity() < needed) {
      outside = ByteBuffer.allocateDirect(needed + needed / 4);
    }
    outside.clear();
    outside.put(key).put(value, 0, length);
    try {
      batch.put(family(family), outside.slice(0, key.length), outside.slice(key.length, length));
    } catch (RocksDBException e) {
      throw KvErrors.translate("add to a batch", e);
    }
  }

  public synchronized void delete(KvFamily family, byte[] key) {
    ensureOpen();
    try {
      batch.delete(family(family), key);
    } catch (RocksDBException e) {
      throw KvErrors.translate("add to a batch", e);
    }
  }

  /** Deletes the keys from {@code start}, inclusive, to {@code end}, exclusive. */
  public synchronized void deleteRange(KvFamily family, byte[] start, byte[] end) {
    ensureOpen();
    try {
      batch.deleteRange(family(family), start, end);
    } catch (RocksDBException e) {
      throw KvErrors.translate("add to a batch", e);
    }
  }

  /** Number of changes. */
  public synchronized int count() {
    ensureOpen();
    return batch.count();
  }

  /** Bytes the changes take in the write-ahead log, about. */
  public synchronized long sizeBytes() {
    ensureOpen();
    return batch.getDataSize();
  }

  /** Forgets all changes, to be filled anew; keeps the memory they took. */
  public synchronized void clear() {
    ensureOpen();
    batch.clear();
  }

  /** The native batch; the caller holds this object's lock. */
  WriteBatch content() {
    ensureOpen();
    return batch;
  }

  @Override
  void free() {
    batch.close();
  }

  private ColumnFamilyHandle family(KvFamily family) {
    ColumnFamilyHandle handle = families.get(family);
    if (handle == null) {
      throw new IllegalStateException("family is not open: " + family);
    }
    return handle;
  }
}
