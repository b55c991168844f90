package io.varve.storage;

import io.varve.storage.index.IndexChanges;
import io.varve.storage.index.IndexEntries;
import io.varve.storage.index.IndexKeys;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvStore;
import io.varve.storage.lifecycle.ChunkKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Joins an index to the index family: keys there begin with the database's id, u16 big-endian. */
final class IndexRecords {
  private static final int PREFIX_BYTES = 2;

  private IndexRecords() {}

  static byte[] prefix(int databaseId) {
    return ByteBuffer.allocate(PREFIX_BYTES).putShort((short) databaseId).array();
  }

  static byte[] key(int databaseId, byte[] key) {
    return ByteBuffer.allocate(PREFIX_BYTES + key.length)
        .putShort((short) databaseId)
        .put(key)
        .array();
  }

  /** Takes the changes of one database's index into a batch. */
  static IndexChanges into(KvBatch batch, int databaseId) {
    return new IndexChanges() {
      @Override
      public void put(byte[] key, byte[] value) {
        batch.put(KvFamily.INDEX, IndexRecords.key(databaseId, key), value);
      }

      @Override
      public void delete(byte[] key) {
        batch.delete(KvFamily.INDEX, IndexRecords.key(databaseId, key));
      }
    };
  }

  /** Stores which series have rows in a shard. Commit thread. */
  static void putSeries(KvBatch batch, Shard shard) {
    byte[] shardKey = IndexKeys.shardSeries(shard.index().shardId());
    batch.put(
        KvFamily.INDEX,
        key(shard.policy().database().id(), shardKey),
        shard.index().encodeSeries());
  }

  /** The records of one database whose keys begin with the given bytes; to be closed. */
  static Entries read(KvStore kv, int databaseId, byte[] keyPrefix) {
    byte[] prefix = key(databaseId, keyPrefix);
    return new Entries(kv.iterator(KvFamily.INDEX, null, prefix, ChunkKeys.successor(prefix)));
  }

  /** Walks records in key order. */
  static final class Entries implements IndexEntries, AutoCloseable {
    private final KvIterator iterator;
    private boolean started;

    Entries(KvIterator iterator) {
      this.iterator = iterator;
    }

    @Override
    public boolean next() {
      if (!started) {
        started = true;
        return iterator.seekFirst();
      }
      return iterator.isValid() && iterator.next();
    }

    @Override
    public byte[] key() {
      return Arrays.copyOfRange(iterator.key(), PREFIX_BYTES, iterator.keyLength());
    }

    @Override
    public byte[] value() {
      return Arrays.copyOf(iterator.value(), iterator.valueLength());
    }

    @Override
    public void close() {
      iterator.close();
    }
  }
}
