package io.varve.storage.kv;

/** How far a read may go for what it wants. */
public enum KvTier {
  /**
   * Memtables and cached blocks: for threads that must not wait for a device. What lies elsewhere
   * is a {@link io.varve.storage.StorageException} of kind RESOURCES.
   */
  MEMORY,
  /** Files, too. */
  FILES
}
