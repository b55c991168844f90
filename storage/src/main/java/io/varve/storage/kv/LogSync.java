package io.varve.storage.kv;

import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Brings all of the log that is written to the device; a seam, so that tests can have it fail. */
@FunctionalInterface
interface LogSync {
  void sync(RocksDB db) throws RocksDBException;
}
