package io.varve.storage.kv;

import org.rocksdb.RocksDB;
import org.rocksdb.Snapshot;

/** A frozen view of a store. Thread-safe; closed by whoever took it, after its iterators. */
public final class KvSnapshot extends KvHandle {
  private final RocksDB db;
  private final Snapshot snapshot;

  KvSnapshot(KvStore store, RocksDB db) {
    super(store);
    this.db = db;
    this.snapshot = db.getSnapshot();
    opened();
  }

  /** The native snapshot; the caller holds this object's lock. */
  Snapshot pinned() {
    ensureOpen();
    return snapshot;
  }

  @Override
  void free() {
    db.releaseSnapshot(snapshot);
    snapshot.close();
  }
}
