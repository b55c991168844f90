package io.varve.storage.lifecycle;

import io.varve.storage.model.RetentionPolicy;

/**
 * A retention policy as it is on disk.
 *
 * @param id 1 to 65,534, unique in the whole store, never used again after a drop
 */
public record PolicyRecord(int id, int databaseId, RetentionPolicy policy) {}
