package io.varve.storage.lifecycle;

/**
 * A shard as it is on disk.
 *
 * @param number unique in the store and never used again, from 1; 0 in records of the first layout
 * @param sequenceLimit no chunk of the shard has this sequence number or a higher one
 * @param maxGroupSpanNanos no row group of the shard has more time between its first and last row
 */
public record ShardRecord(
    int policyId, ShardBounds bounds, long number, long sequenceLimit, long maxGroupSpanNanos) {}
