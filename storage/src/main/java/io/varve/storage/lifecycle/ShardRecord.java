package io.varve.storage.lifecycle;

/**
 * A shard as it is on disk.
 *
 * @param number unique in the store and never used again, from 1; 0 in records of the first layout
 * @param sequenceLimit no chunk of the shard has this sequence number or a higher one
 * @param maxGroupSpanNanos no row group of the shard has more time between its first and last row
 * @param firstLogSequence log records before this one have no rows of the shard, but perhaps of one
 *     that was dropped before and covered the same time
 * @param lastStoredNanos no chunk of the shard has a later row; {@link Long#MAX_VALUE} if unknown
 */
public record ShardRecord(
    int policyId,
    ShardBounds bounds,
    long number,
    long sequenceLimit,
    long maxGroupSpanNanos,
    long firstLogSequence,
    long lastStoredNanos) {}
