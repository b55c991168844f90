package io.varve.query.continuous;

import io.varve.storage.StorageException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A continuous query as stored.
 *
 * @param ordinal grows with each query of the database; lists are in this order
 * @param lastRunNanos up to where windows have been seen to; {@link #NEVER} before the first run
 * @param text the whole CREATE statement, normalised
 */
record ContinuousQuery(String database, String name, long ordinal, long lastRunNanos, String text) {
  static final long NEVER = Long.MIN_VALUE;

  private static final byte VERSION = 1;

  ContinuousQuery withLastRun(long nanos) {
    return new ContinuousQuery(database, name, ordinal, nanos, text);
  }

  /** Version, ordinal, last run, text; the name is that of the document. */
  byte[] encode() {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + 8 + 8 + bytes.length)
        .put(VERSION)
        .putLong(ordinal)
        .putLong(lastRunNanos)
        .put(bytes)
        .array();
  }

  static ContinuousQuery decode(String database, String name, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      if (in.get() != VERSION) {
        throw corrupt(database, name);
      }
      long ordinal = in.getLong();
      long lastRunNanos = in.getLong();
      byte[] text = new byte[in.remaining()];
      in.get(text);
      return new ContinuousQuery(
          database, name, ordinal, lastRunNanos, new String(text, StandardCharsets.UTF_8));
    } catch (BufferUnderflowException e) {
      throw corrupt(database, name);
    }
  }

  private static StorageException corrupt(String database, String name) {
    return new StorageException(
        StorageException.Kind.CORRUPTION,
        "corrupt record of continuous query " + name + " on " + database);
  }
}
