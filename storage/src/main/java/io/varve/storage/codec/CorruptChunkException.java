package io.varve.storage.codec;

import io.varve.storage.StorageException;

/**
 * Stored bytes are not a chunk that this version wrote: damaged, misplaced, or of a newer version.
 */
public final class CorruptChunkException extends StorageException {
  private static final long serialVersionUID = 1L;

  private final int offset;

  /**
   * @param offset where, in bytes from the start of the chunk
   * @param found what is there
   * @param expected what should be there
   */
  public CorruptChunkException(int offset, String found, String expected) {
    super(
        Kind.CORRUPTION,
        "corrupt chunk at byte " + offset + ": found " + found + ", expected " + expected);
    this.offset = offset;
  }

  /** Where the damage shows, in bytes from the start of the chunk. */
  public int offset() {
    return offset;
  }
}
