package io.varve.storage;

/**
 * A stored chunk that is not what was written; its rows are missing from answers.
 *
 * @param firstTimestampNanos the first row lost
 * @param message what is wrong with it
 */
public record QuarantinedChunk(
    int policyId, int seriesId, int fieldId, long firstTimestampNanos, String message) {}
