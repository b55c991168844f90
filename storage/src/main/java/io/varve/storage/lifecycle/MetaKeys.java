package io.varve.storage.lifecycle;

import java.nio.ByteBuffer;

/** Keys of the meta family: one byte for the kind of record, then ids. See docs/format/meta.md. */
final class MetaKeys {
  static final byte FORMAT = 0x00;
  static final byte COUNTERS = 0x01;
  static final byte CHECKPOINT = 0x02;
  static final byte DATABASE = 0x03;
  static final byte POLICY = 0x04;
  static final byte SHARD = 0x05;

  private MetaKeys() {}

  static byte[] single(byte kind) {
    return new byte[] {kind};
  }

  static byte[] database(int databaseId) {
    return ByteBuffer.allocate(3).put(DATABASE).putShort((short) databaseId).array();
  }

  static byte[] policy(int policyId) {
    return ByteBuffer.allocate(3).put(POLICY).putShort((short) policyId).array();
  }

  static byte[] shard(int policyId, int startHours) {
    return ByteBuffer.allocate(7)
        .put(SHARD)
        .putShort((short) policyId)
        .putInt(startHours ^ Integer.MIN_VALUE)
        .array();
  }
}
