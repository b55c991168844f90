package io.varve.storage.head;

/**
 * Chunks that a checkpoint stored for a group of rows that was not full yet: enough to find their
 * keys and delete them once a better chunk is stored.
 *
 * @param firstTimestampNanos the first row stored
 * @param sequence the sequence number of the chunks
 * @param fieldIds one chunk each, ascending; not to be changed
 */
public record PartialChunk(long firstTimestampNanos, long sequence, int[] fieldIds) {
  /** Heap bytes of this, the array of few fields, and what a slab needs to remember it. */
  static final int HEAP_BYTES = 80;
}
