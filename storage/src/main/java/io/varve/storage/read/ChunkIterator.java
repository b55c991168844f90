package io.varve.storage.read;

/**
 * The stored chunks of a shard, one series and field at a time, by first timestamp of their row
 * group, then by sequence. The chunks that one row group was sealed into have the same first
 * timestamp and sequence, whatever their fields.
 *
 * <p>A scan asks for the fields of a series in ascending order, so what it seeks is often just the
 * next key or a few keys on; an implementation does well to step there rather than seek.
 */
public interface ChunkIterator {
  /**
   * Moves to the first chunk of the series and field whose row group starts from one time to
   * another, both inclusive; false if there is none.
   */
  boolean seek(int seriesId, int fieldId, long fromTimestampNanos, long toTimestampNanos);

  /** Moves to the next chunk of what was sought; false if there is none. */
  boolean next();

  /** Time of the first row of the current chunk's row group. */
  long firstTimestampNanos();

  /** The current chunk's sequence: where rows coincide, the greater one wins, field by field. */
  long sequence();

  /** The hash of the current chunk's key that it was encoded with. */
  long keySalt();

  /** The current chunk; others may have the same array, which nobody changes. */
  byte[] value();

  /** Whether the current chunk has been opened before, and was not found damaged. */
  boolean isOpened();
}
