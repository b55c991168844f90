package io.varve.storage.lifecycle;

import java.nio.ByteBuffer;

/**
 * Keys of the chunk family, 24 bytes, big-endian, so that bytes sort as the numbers do.
 *
 * <pre>
 * policy u16 | shard start hours i32 | series u32 | field u16 | first timestamp i64 | sequence u32
 * </pre>
 *
 * <p>Signed numbers have their sign bit flipped. The first six bytes are the shard: dropping it
 * drops a range of keys, and no file holds more than one once it has been compacted.
 */
public final class ChunkKeys {
  /** Bytes that name a shard. */
  public static final int SHARD_PREFIX_BYTES = 6;

  /** Bytes that name a series in a shard. */
  public static final int SERIES_PREFIX_BYTES = 10;

  /** Bytes of a whole key. */
  public static final int BYTES = 24;

  private static final int TIMESTAMP_OFFSET = 12;
  private static final int SEQUENCE_OFFSET = 20;

  private ChunkKeys() {}

  public static byte[] key(
      int policyId,
      int shardStartHours,
      int seriesId,
      int fieldId,
      long firstTimestampNanos,
      long sequence) {
    return ByteBuffer.allocate(BYTES)
        .putShort((short) policyId)
        .putInt(shardStartHours ^ Integer.MIN_VALUE)
        .putInt(seriesId)
        .putShort((short) fieldId)
        .putLong(firstTimestampNanos ^ Long.MIN_VALUE)
        .putInt((int) sequence)
        .array();
  }

  /** What all keys of a shard begin with. */
  public static byte[] shardPrefix(int policyId, int shardStartHours) {
    return ByteBuffer.allocate(SHARD_PREFIX_BYTES)
        .putShort((short) policyId)
        .putInt(shardStartHours ^ Integer.MIN_VALUE)
        .array();
  }

  /** The smallest byte string greater than all that begin with the prefix. */
  public static byte[] successor(byte[] prefix) {
    byte[] result = prefix.clone();
    for (int i = result.length - 1; i >= 0; i--) {
      result[i]++;
      if (result[i] != 0) {
        return result;
      }
    }
    throw new IllegalArgumentException("nothing is greater than all that begin with 0xff...");
  }

  public static int policyId(byte[] key) {
    return ByteBuffer.wrap(key).getShort() & 0xffff;
  }

  public static int shardStartHours(byte[] key) {
    return ByteBuffer.wrap(key).getInt(2) ^ Integer.MIN_VALUE;
  }

  public static int seriesId(byte[] key) {
    return ByteBuffer.wrap(key).getInt(6);
  }

  public static int fieldId(byte[] key) {
    return ByteBuffer.wrap(key).getShort(10) & 0xffff;
  }

  public static long firstTimestampNanos(byte[] key) {
    return ByteBuffer.wrap(key).getLong(TIMESTAMP_OFFSET) ^ Long.MIN_VALUE;
  }

  /** 0 to 2^32 - 1. */
  public static long sequence(byte[] key) {
    return ByteBuffer.wrap(key).getInt(SEQUENCE_OFFSET) & 0xffff_ffffL;
  }

  /**
   * A hash of the first {@link #BYTES} bytes; it goes into the chunk's checksum, so that a chunk
   * found under another key does not pass. On disk, never change.
   */
  public static long salt(byte[] key) {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    long hash = 0x9e3779b97f4a7c15L;
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      hash ^= bytes.getLong(i);
      hash *= 0xff51afd7ed558ccdL;
      hash ^= hash >>> 32;
    }
    return hash;
  }
}
