package io.varve.storage;

import io.varve.storage.kv.KvOptions;
import io.varve.storage.lifecycle.ChunkKeys;
import java.lang.management.ManagementFactory;

/** The numbers of {@link VarveOptions} with the defaults filled in. */
record Budgets(
    KvOptions kv, long headBytes, long queueBytes, long checkpointBytes, long minFreeDiskBytes) {
  private static final long MIB = 1L << 20;

  static Budgets of(VarveOptions options) {
    long heap = Runtime.getRuntime().maxMemory();
    long memory =
        options.memoryBudgetBytes() > 0 ? options.memoryBudgetBytes() : physicalBytes() / 4;
    int jobs = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    KvOptions kv =
        new KvOptions(
            Math.max(memory, KvOptions.MIN_MEMORY_BYTES), ChunkKeys.SHARD_PREFIX_BYTES, jobs);
    return new Budgets(
        kv,
        or(options.headBudgetBytes(), heap / 4),
        or(options.writeQueueBytes(), Math.min(64 * MIB, heap / 16)),
        or(options.checkpointBytes(), kv.rawMemtableBytes() / 4 * 3),
        or(options.minFreeDiskBytes(), 64 * MIB));
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
