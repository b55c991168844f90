package io.varve.storage.lifecycle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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

  // Scans look at keys more often than at anything else: no buffer is made for that.
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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
    return (short) SHORT.get(key, 0) & 0xffff;
  }

  public static int shardStartHours(byte[] key) {
    return (int) INT.get(key, 2) ^ Integer.MIN_VALUE;
  }

  public static int seriesId(byte[] key) {
    return (int) INT.get(key, 6);
  }

  public static int fieldId(byte[] key) {
    return (short) SHORT.get(key, 10) & 0xffff;
  }

  public static long firstTimestampNanos(byte[] key) {
    return (long) LONG.get(key, TIMESTAMP_OFFSET) ^ Long.MIN_VALUE;
  }

  /** 0 to 2^32 - 1. */
  public static long sequence(byte[] key) {
    return (int) INT.get(key, SEQUENCE_OFFSET) & 0xffff_ffffL;
  }

  /**
   * A hash of the first {@link #BYTES} bytes; it goes into the chunk's checksum, so that a chunk
   * found under another key does not pass. On disk, never change.
   */
  public static long salt(byte[] key) {
    long hash = 0x9e3779b97f4a7c15L;
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      hash ^= (long) LONG.get(key, i);
      hash *= 0xff51afd7ed558ccdL;
      hash ^= hash >>> 32;
    }
    return hash;
  }
}
