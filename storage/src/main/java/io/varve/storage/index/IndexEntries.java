package io.varve.storage.index;

/**
 * Stored records of an index in ascending order of their keys, without the database prefix.
 *
 * <p>Before the first {@link #next} there is no entry. The arrays are not changed by the receiver
 * and not used after the next call of {@link #next}.
 */
public interface IndexEntries {
  /** Moves to the next record; false after the last. */
  boolean next();

  byte[] key();

  byte[] value();
}
