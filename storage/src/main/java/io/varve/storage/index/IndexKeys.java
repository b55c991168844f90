package io.varve.storage.index;

import java.util.Arrays;

/** Keys of the index's records, without the database prefix; see {@code docs/format/index.md}. */
public final class IndexKeys {
  static final byte STORE = 1;
  static final byte MEASUREMENT = 2;
  static final byte FIELD = 3;
  static final byte SERIES = 4;

  /** Kept free for segments of postings. */
  static final byte POSTINGS = 5;

  static final byte SHARD = 6;

  /** Within the records of a shard. */
  static final byte SHARD_SERIES = 0;

  static final byte SHARD_FIELD = 1;

  static final int SHARD_PREFIX_BYTES = 9;

  private IndexKeys() {}

  /** Where the records of all shards begin; everything before belongs to {@link SeriesIndex}. */
  public static byte[] firstShardKey() {
    return new byte[] {SHARD};
  }

  /** What the keys of all records of one shard begin with. */
  public static byte[] shardPrefix(long shardId) {
    byte[] key = new byte[SHARD_PREFIX_BYTES];
    key[0] = SHARD;
    BigEndian.putLong(key, 1, shardId);
    return key;
  }

  /** The key of the set of series of a shard. */
  public static byte[] shardSeries(long shardId) {
    byte[] key = Arrays.copyOf(shardPrefix(shardId), SHARD_PREFIX_BYTES + 1);
    key[SHARD_PREFIX_BYTES] = SHARD_SERIES;
    return key;
  }

  static byte[] shardField(long shardId, int measurementId, int fieldId) {
    byte[] key = Arrays.copyOf(shardPrefix(shardId), SHARD_PREFIX_BYTES + 7);
    key[SHARD_PREFIX_BYTES] = SHARD_FIELD;
    BigEndian.putInt(key, SHARD_PREFIX_BYTES + 1, measurementId);
    BigEndian.putShort(key, SHARD_PREFIX_BYTES + 5, fieldId);
    return key;
  }

  static byte[] store() {
    return new byte[] {STORE};
  }

  static byte[] measurement(int measurementId) {
    return withId(MEASUREMENT, measurementId, 0);
  }

  static byte[] field(int measurementId, int fieldId) {
    byte[] key = withId(FIELD, measurementId, 2);
    BigEndian.putShort(key, 5, fieldId);
    return key;
  }

  static byte[] series(int seriesId) {
    return withId(SERIES, seriesId, 0);
  }

  private static byte[] withId(byte kind, int id, int more) {
    byte[] key = new byte[5 + more];
    key[0] = kind;
    BigEndian.putInt(key, 1, id);
    return key;
  }
}
