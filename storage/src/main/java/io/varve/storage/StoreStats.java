package io.varve.storage;

import io.varve.storage.model.RefusedSeries;

/**
 * Numbers for monitoring, each taken by itself.
 *
 * @param commits batches of writes made durable since the store was opened
 * @param storedRows rows stored since then
 * @param droppedRows rows refused since then, in whole or in part
 * @param rejectedBatches batches refused because too much was waiting
 * @param queuedBytes heap held by batches that wait for the commit
 * @param headBytes heap held by rows that are not yet in chunks
 * @param headBudgetBytes what {@code headBytes} is kept below, but for the rows of one commit
 * @param logBytes log written since the last checkpoint
 * @param cacheBytes native memory in use for cached blocks and memtables
 * @param chunkCacheBytes heap held by chunks that were read before
 * @param chunkFileBytes size of the files of chunks
 * @param indexFileBytes size of the files of the index
 * @param logFileBytes size of the files of the log, without RocksDB's write-ahead log
 * @param cleanShards shards that need no compaction
 * @param dirtyShards shards written to or deleted from since their last compaction, if any
 * @param tombstones deletes that compactions have not made final yet, once per shard
 * @param chunksRewritten chunks that compactions replaced or removed since the store was opened
 * @param series series that exist in all databases
 * @param refusedSeries how often limits have refused a new one, in the databases that exist
 * @param openReaders readers and cursors not closed yet
 * @param retainedBytes heap held by rows that are in chunks, for readers that began before
 * @param viewsGivenUp readers that lost their moment since the store was opened
 * @param commitDurations of commits of writes, from when one is begun to when it is visible
 * @param syncDurations of appending to the log where that includes a sync, and of syncs alone
 */
public record StoreStats(
    long commits,
    long storedRows,
    long droppedRows,
    long rejectedBatches,
    long queuedBytes,
    long headBytes,
    long headBudgetBytes,
    long logBytes,
    long cacheBytes,
    long chunkCacheBytes,
    long chunkFileBytes,
    long indexFileBytes,
    long logFileBytes,
    int cleanShards,
    int dirtyShards,
    long tombstones,
    long chunksRewritten,
    long series,
    RefusedSeries refusedSeries,
    int openReaders,
    long retainedBytes,
    long viewsGivenUp,
    DurationHistogram.Snapshot commitDurations,
    DurationHistogram.Snapshot syncDurations) {}
