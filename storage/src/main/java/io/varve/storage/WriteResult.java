package io.varve.storage;

import org.jspecify.annotations.Nullable;

/**
 * What became of a batch that the engine took.
 *
 * <p>Everything counted as stored is durable, in the sense of the database's durability mode, and
 * visible to readers opened from now on.
 *
 * @param storedRows rows of which at least one value was stored
 * @param droppedRows rows of which nothing or not everything was stored
 * @param reason why the first of them was dropped, in words for the writer; null if none was
 */
public record WriteResult(int storedRows, int droppedRows, @Nullable String reason) {}
