package io.varve.storage.kv;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Walks the keys of one family, between bounds, in either direction.
 *
 * <p>Key and value are copied into arrays that belong to the iterator and are reused: {@link #key}
 * and {@link #value} hold until the next move, and only their first {@link #keyLength} and {@link
 * #valueLength} bytes count. Move with {@link #seekFirst}, {@link #seekLast}, {@link #seek}, {@link
 * #seekForPrevious}, {@link #next} and {@link #previous}; each tells whether there is an entry now.
 * For one thread (another may close the store meanwhile); closed by whoever opened it.
 */
public final class KvIterator extends KvHandle {
  private final @Nullable Slice lower;
  private final @Nullable Slice upper;
  private final ReadOptions options;
  private final RocksIterator iterator;

  private boolean valid;
  private byte[] key = new byte[32];
  private int keyLength;
  private byte[] value = new byte[4096];
  private int valueLength = -1;

  KvIterator(
      KvStore store,
      RocksDB db,
      ColumnFamilyHandle family,
      @Nullable KvSnapshot snapshot,
      KvTier tier,
      byte @Nullable [] lowerInclusive,
      byte @Nullable [] upperExclusive) {
    super(store);
    // RocksDB keeps pointers to the bounds and the options: all live as long as the iterator.
    lower = lowerInclusive == null ? null : new Slice(lowerInclusive);
    upper = upperExclusive == null ? null : new Slice(upperExclusive);
    options = new ReadOptions();
    if (lower != null) {
      options.setIterateLowerBound(lower);
    }
    if (upper != null) {
      options.setIterateUpperBound(upper);
    }
    if (tier == KvTier.MEMORY) {
      options.setReadTier(ReadTier.BLOCK_CACHE_TIER);
    }
    if (snapshot != null) {
      options.setSnapshot(snapshot.pinned());
    }
    iterator = db.newIterator(family, options);
    opened();
  }

  /** Moves to the first entry within the bounds. */
  public synchronized boolean seekFirst() {
    ensureOpen();
    iterator.seekToFirst();
    return load();
  }

  /** Moves to the last entry within the bounds. */
  public synchronized boolean seekLast() {
    ensureOpen();
    iterator.seekToLast();
    return load();
  }

  /** Moves to the first entry at or behind the key. */
  public synchronized boolean seek(byte[] target) {
    ensureOpen();
    iterator.seek(target);
    return load();
  }

  /** Moves to the last entry at or before the key. */
  public synchronized boolean seekForPrevious(byte[] target) {
    ensureOpen();
    iterator.seekForPrev(target);
    return load();
  }

  /** Moves one entry on; there must be a current one. */
  public synchronized boolean next() {
    ensureOpen();
    ensureValid();
    iterator.next();
    return load();
  }

  /** Moves one entry back; there must be a current one. */
  public synchronized boolean previous() {
    ensureOpen();
    ensureValid();
    iterator.prev();
    return load();
  }

  /** Whether there is a current entry. */
  public boolean isValid() {
    return valid;
  }

  public byte[] key() {
    return key;
  }

  public int keyLength() {
    return keyLength;
  }

  /** The current value, read when first asked for. */
  public synchronized byte[] value() {
    if (valueLength < 0) {
      ensureOpen();
      ensureValid();
      int length = iterator.value(value);
      if (length > value.length) {
        value = new byte[Math.max(length, value.length * 2)];
        length = iterator.value(value);
      }
      valueLength = length;
    }
    return value;
  }

  public int valueLength() {
    value();
    return valueLength;
  }

  @Override
  void free() {
    valid = false;
    iterator.close();
    options.close();
    if (upper != null) {
      upper.close();
    }
    if (lower != null) {
      lower.close();
    }
  }

  private boolean load() {
    valueLength = -1;
    valid = iterator.isValid();
    if (!valid) {
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw KvErrors.translate("read", e);
      }
      return false;
    }
    int length = iterator.key(key);
    if (length > key.length) {
      key = new byte[length * 2];
      length = iterator.key(key);
    }
    keyLength = length;
    return true;
  }

  private void ensureValid() {
    if (!valid) {
      throw new IllegalStateException("the iterator has no current entry");
    }
  }
}
