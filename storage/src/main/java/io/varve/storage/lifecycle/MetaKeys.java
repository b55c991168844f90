package io.varve.storage.lifecycle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keys of the meta family: one byte for the kind of record, then ids. See docs/format/meta.md. */
final class MetaKeys {
  static final byte FORMAT = 0x00;
  static final byte COUNTERS = 0x01;
  static final byte CHECKPOINT = 0x02;
  static final byte DATABASE = 0x03;
  static final byte POLICY = 0x04;
  static final byte SHARD = 0x05;
  static final byte TOMBSTONE = 0x06;
  static final byte COMPACTED = 0x07;
  static final byte SHARD_COUNTER = 0x08;
  static final byte DOCUMENT = 0x09;

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
    return ofShard(SHARD, policyId, startHours).array();
  }

  static byte[] tombstone(int policyId, int startHours, int number) {
    return ByteBuffer.allocate(11)
        .put(ofShard(TOMBSTONE, policyId, startHours).flip())
        .putInt(number)
        .array();
  }

  static byte[] compacted(int policyId, int startHours) {
    return ofShard(COMPACTED, policyId, startHours).array();
  }

  /** The kind ends with a zero byte, the name with the key. */
  static byte[] document(int databaseId, String kind, String name) {
    byte[] kindBytes = kind.getBytes(StandardCharsets.US_ASCII);
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(4 + kindBytes.length + nameBytes.length)
        .put(DOCUMENT)
        .putShort((short) databaseId)
        .put(kindBytes)
        .put((byte) 0)
        .put(nameBytes)
        .array();
  }

  private static ByteBuffer ofShard(byte kind, int policyId, int startHours) {
    return ByteBuffer.allocate(7)
        .put(kind)
        .putShort((short) policyId)
        .putInt(startHours ^ Integer.MIN_VALUE);
  }
}
