package io.varve.storage.index;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A sorted map in the place of RocksDB. */
final class StoredRecords implements IndexChanges {
  final NavigableMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);

  @Override
  public void put(byte[] key, byte[] value) {
    records.put(key, value);
  }

  @Override
  public void delete(byte[] key) {
    records.remove(key);
  }

  void commit(SeriesIndex index) {
    index.drainChanges(this);
    index.changesCommitted();
  }

  IndexEntries all() {
    return entries(records);
  }

  IndexEntries ofShard(long shardId) {
    byte[] from = IndexKeys.shardPrefix(shardId);
    return entries(records.subMap(from, true, IndexKeys.shardPrefix(shardId + 1), false));
  }

  private static IndexEntries entries(Map<byte[], byte[]> map) {
    Iterator<Map.Entry<byte[], byte[]>> entries = map.entrySet().iterator();
    return new IndexEntries() {
      private Map.Entry<byte[], byte[]> now = Map.entry(new byte[0], new byte[0]);

      @Override
      public boolean next() {
        if (!entries.hasNext()) {
          return false;
        }
        now = entries.next();
        return true;
      }

      @Override
      public byte[] key() {
        return now.getKey();
      }

      @Override
      public byte[] value() {
        return now.getValue();
      }
    };
  }
}
