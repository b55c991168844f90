package io.varve.query.access;

import io.varve.storage.StorageException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * A user as stored.
 *
 * @param ordinal grows with each user; lists are in this order
 */
record UserRecord(String name, long ordinal, boolean admin, PasswordHash password) {
  private static final byte VERSION = 1;

  /** Version, ordinal, admin, iterations, salt, hash; the name is that of the document. */
  byte[] encode() {
    return ByteBuffer.allocate(1 + 8 + 1 + 4 + PasswordHash.SALT_BYTES + PasswordHash.HASH_BYTES)
        .put(VERSION)
        .putLong(ordinal)
        .put((byte) (admin ? 1 : 0))
        .putInt(password.iterations())
        .put(password.salt())
        .put(password.hash())
        .array();
  }

  static UserRecord decode(String name, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      if (in.get() != VERSION) {
        throw corrupt(name);
      }
      long ordinal = in.getLong();
      boolean admin = in.get() != 0;
      int iterations = in.getInt();
      byte[] salt = new byte[PasswordHash.SALT_BYTES];
      byte[] hash = new byte[PasswordHash.HASH_BYTES];
      in.get(salt).get(hash);
      if (iterations <= 0 || in.hasRemaining()) {
        throw corrupt(name);
      }
      return new UserRecord(name, ordinal, admin, new PasswordHash(iterations, salt, hash));
    } catch (BufferUnderflowException e) {
      throw corrupt(name);
    }
  }

  private static StorageException corrupt(String name) {
    return new StorageException(StorageException.Kind.CORRUPTION, "corrupt record of user " + name);
  }
}
