package io.varve.storage;

/**
 * What can be said about a shard without reading it.
 *
 * @param id unique in the store and never used again, from 1
 * @param startNanos first time it covers
 * @param lastNanos last time it covers
 * @param retentionNanos how long behind {@code lastNanos} it is kept; 0 for ever
 * @param seriesCount series that have rows in it
 * @param headBytes heap held by its rows that are not in chunks yet
 * @param compacted whether nothing was stored in it or deleted from it since its last compaction
 */
public record ShardInfo(
    long id,
    String database,
    String retentionPolicy,
    long startNanos,
    long lastNanos,
    long retentionNanos,
    long seriesCount,
    long headBytes,
    boolean compacted) {}
