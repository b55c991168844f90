package io.varve.storage;

import java.nio.ByteBuffer;

/**
 * Keys of the raw family: log records, and marks that spare recovery work.
 *
 * <p>A mark says that the rows of one series in one shard, in the record with its sequence and all
 * before, are in chunks that are not partial. It is written with those chunks. As its key begins
 * with the sequence, the checkpoint that deletes the records deletes it too.
 */
final class LogKeys {
  static final int RECORD_BYTES = 8;
  static final int MARK_BYTES = 18;

  private LogKeys() {}

  static byte[] record(long sequence) {
    return ByteBuffer.allocate(RECORD_BYTES).putLong(sequence).array();
  }

  static byte[] mark(long sequence, Shard shard, int seriesId) {
    return ByteBuffer.allocate(MARK_BYTES)
        .putLong(sequence)
        .putShort((short) shard.policy().id())
        .putInt(shard.bounds().startHours() ^ Integer.MIN_VALUE)
        .putInt(seriesId)
        .array();
  }

  static long sequence(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  static int policyIdOfMark(byte[] key) {
    return ByteBuffer.wrap(key).getShort(8) & 0xffff;
  }

  static int startHoursOfMark(byte[] key) {
    return ByteBuffer.wrap(key).getInt(10) ^ Integer.MIN_VALUE;
  }

  static int seriesIdOfMark(byte[] key) {
    return ByteBuffer.wrap(key).getInt(14);
  }
}
