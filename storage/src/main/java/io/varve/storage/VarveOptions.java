package io.varve.storage;

import java.time.Clock;
import java.time.Duration;

/**
 * How a store is opened. Zero stands for the default of a number of bytes.
 *
 * @param memoryBudgetBytes memory for cached blocks, memtables and rows that are not yet in chunks,
 *     split as {@link Budgets} says; by default a quarter of the machine's memory. Less than 24 MiB
 *     is taken as that. Not in it: the index, which the limits of series bound, and queries
 * @param headBudgetBytes of these, heap for rows that are not yet in chunks; by default a third, at
 *     most a quarter of the largest heap. From seven eighths of it on rows are stored early, in
 *     smaller chunks; beyond it writes wait until some are stored
 * @param writeQueueBytes heap for batches that wait for the group commit; by default a sixteenth of
 *     the largest heap, at most 64 MiB. When it is full, {@link Database#write} answers with an
 *     exception of kind RESOURCES at once: it never blocks the caller
 * @param checkpointBytes log after which rows are stored in chunks so that the log can be deleted;
 *     by default as much as fits its memtable. Bounds the time to recover after a crash
 * @param minFreeDiskBytes free space below which the store turns read-only until there is more; by
 *     default 64 MiB
 * @param maxSeriesPerDatabase series beyond which a database refuses new ones; by default a
 *     million, 0 means no limit
 * @param maxValuesPerTag values of one tag of one measurement beyond which new ones are refused; by
 *     default 100,000, 0 means no limit
 * @param maxNewSeriesPerMinute series that a database takes anew within a minute of the clock; 0,
 *     the default, means no limit
 * @param compactionGrace how long after a shard has ended its open groups are stored and it is
 *     compacted, as late points may still come; by default an hour
 * @param durability what an acknowledged write survives, for databases created without their own;
 *     those that exist keep theirs
 * @param clock the time that retention goes by
 */
public record VarveOptions(
    long memoryBudgetBytes,
    long headBudgetBytes,
    long writeQueueBytes,
    long checkpointBytes,
    long minFreeDiskBytes,
    long maxSeriesPerDatabase,
    long maxValuesPerTag,
    long maxNewSeriesPerMinute,
    Duration compactionGrace,
    Durability durability,
    Clock clock) {
  private static final int MAX_GRACE_DAYS = 36_500;

  public VarveOptions {
    if (compactionGrace.isNegative() || compactionGrace.toDays() > MAX_GRACE_DAYS) {
      throw new IllegalArgumentException(
          "compactionGrace must be 0 to " + MAX_GRACE_DAYS + " days: " + compactionGrace);
    }
  }

  /** Durable, a quarter of the memory, a million series per database, 100,000 values per tag. */
  public static VarveOptions defaults() {
    return new VarveOptions(
        0,
        0,
        0,
        0,
        0,
        1_000_000,
        100_000,
        0,
        Duration.ofHours(1),
        Durability.ALWAYS,
        Clock.systemUTC());
  }

  public VarveOptions withMemoryBudgetBytes(long bytes) {
    return new VarveOptions(
        bytes,
        headBudgetBytes,
        writeQueueBytes,
        checkpointBytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        durability,
        clock);
  }

  public VarveOptions withHeadBudgetBytes(long bytes) {
    return new VarveOptions(
        memoryBudgetBytes,
        bytes,
        writeQueueBytes,
        checkpointBytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        durability,
        clock);
  }

  public VarveOptions withWriteQueueBytes(long bytes) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        bytes,
        checkpointBytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        durability,
        clock);
  }

  public VarveOptions withCheckpointBytes(long bytes) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        writeQueueBytes,
        bytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        durability,
        clock);
  }

  public VarveOptions withMinFreeDiskBytes(long bytes) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        writeQueueBytes,
        checkpointBytes,
        bytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        durability,
        clock);
  }

  public VarveOptions withLimits(long seriesPerDatabase, long valuesPerTag) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        writeQueueBytes,
        checkpointBytes,
        minFreeDiskBytes,
        seriesPerDatabase,
        valuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        durability,
        clock);
  }

  public VarveOptions withMaxNewSeriesPerMinute(long series) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        writeQueueBytes,
        checkpointBytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        series,
        compactionGrace,
        durability,
        clock);
  }

  public VarveOptions withCompactionGrace(Duration grace) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        writeQueueBytes,
        checkpointBytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        grace,
        durability,
        clock);
  }

  public VarveOptions withDurability(Durability mode) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        writeQueueBytes,
        checkpointBytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        mode,
        clock);
  }

  public VarveOptions withClock(Clock source) {
    return new VarveOptions(
        memoryBudgetBytes,
        headBudgetBytes,
        writeQueueBytes,
        checkpointBytes,
        minFreeDiskBytes,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        compactionGrace,
        durability,
        source);
  }
}
