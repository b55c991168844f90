package io.varve.storage;

/**
 * Pre-computed aggregates of a {@link Column}. Values are in the form of the column's 64 bits: raw
 * double bits for floats, the integer itself otherwise.
 *
 * @param count values present, at least 1
 * @param sumBits sum of the values: as raw double bits for floats, modulo 2^64 for integers
 */
public record ColumnStats(
    int count, long firstBits, long lastBits, long minBits, long maxBits, long sumBits) {}
