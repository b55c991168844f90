package io.varve.storage;

import io.varve.storage.kv.KvOptions;
import io.varve.storage.lifecycle.ChunkKeys;
import java.lang.management.ManagementFactory;

/**
 * The numbers of {@link VarveOptions} with the defaults filled in.
 *
 * <p>One budget {@code M} for what grows with the data: {@code head = min(M / 3, largest heap / 4)}
 * on the heap, unless set; the rest, {@code native = M - head}, is RocksDB's, of which at most a
 * third is memtables and the others cached blocks. {@code M} is at least 24 MiB, and {@code native}
 * at least 16 MiB.
 *
 * <p>The head may exceed its share by what one commit appends: a megabyte of log, or one batch if
 * that is larger; and by half for rows that are in chunks but still needed by readers that began
 * before they were.
 */
record Budgets(
    KvOptions kv, long headBytes, long queueBytes, long checkpointBytes, long minFreeDiskBytes) {
  private static final long MIB = 1L << 20;
  private static final long MIN_MEMORY_BYTES = 24 * MIB;

  static Budgets of(VarveOptions options) {
    long heap = Runtime.getRuntime().maxMemory();
    long memory =
        Math.max(
            MIN_MEMORY_BYTES,
            options.memoryBudgetBytes() > 0 ? options.memoryBudgetBytes() : physicalBytes() / 4);
    long head = or(options.headBudgetBytes(), Math.min(memory / 3, heap / 4));
    int jobs = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    KvOptions kv =
        new KvOptions(
            Math.max(memory - head, KvOptions.MIN_MEMORY_BYTES),
            ChunkKeys.SHARD_PREFIX_BYTES,
            jobs);
    return new Budgets(
        kv,
        head,
        or(options.writeQueueBytes(), Math.min(64 * MIB, heap / 16)),
        or(options.checkpointBytes(), kv.rawMemtableBytes() / 4 * 3),
        or(options.minFreeDiskBytes(), 64 * MIB));
  }

  /** See {@link io.varve.storage.head.Moments}. */
  long retainedBytes() {
    return headBytes / 2;
  }

  /** Chunks that are kept as they are, see {@link ChunkCache}; on the heap, beside the others. */
  long chunkCacheBytes() {
    return Math.min(
        32 * MIB, Math.min(kv.memoryBytes() / 8, Runtime.getRuntime().maxMemory() / 32));
  }

  /** From here on rows are stored early. */
  long relieveAboveBytes() {
    return headBytes / 8 * 7;
  }

  private static long or(long wanted, long byDefault) {
    return wanted > 0 ? wanted : byDefault;
  }

  private static long physicalBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory() * 2;
  }
}
