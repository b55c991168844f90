package io.varve.storage.read;

import io.varve.storage.model.TimeRange;

/**
 * Rows of a series that were deleted.
 *
 * @param beforeSequence chunks with this sequence or a greater one were written later and keep
 *     their rows
 */
public record Deletion(TimeRange range, long beforeSequence) {}
