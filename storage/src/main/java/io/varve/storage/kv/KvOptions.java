package io.varve.storage.kv;

/**
 * What a {@link KvStore} may use.
 *
 * @param memoryBytes native memory for cached blocks and memtables together; a third of it at most
 *     is memtables. At least {@link #MIN_MEMORY_BYTES}
 * @param chunkPrefixBytes leading bytes of a chunk key that one SST file must not mix, so that
 *     dropping a prefix drops whole files
 * @param backgroundJobs most threads that flush and compact
 */
public record KvOptions(long memoryBytes, int chunkPrefixBytes, int backgroundJobs) {
  /** The least memory a store works with: 16 MiB. */
  public static final long MIN_MEMORY_BYTES = 16L << 20;

  public KvOptions {
    if (memoryBytes < MIN_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "memoryBytes must be at least " + MIN_MEMORY_BYTES + ": " + memoryBytes);
    }
  }

  /** The most bytes that memtables of all families may hold. */
  public long memtableBytes() {
    return memoryBytes / 3;
  }

  /** Log bytes that fit one memtable: a checkpoint within them never writes the log twice. */
  public long rawMemtableBytes() {
    return Math.min(256L << 20, memtableBytes() / 2);
  }
}
