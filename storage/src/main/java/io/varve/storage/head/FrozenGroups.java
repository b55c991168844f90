package io.varve.storage.head;

/**
 * Groups that were ended to make room.
 *
 * @param seriesIds whose groups; not to be changed
 * @param bytes heap bytes of the groups
 */
public record FrozenGroups(int[] seriesIds, long bytes) {}
