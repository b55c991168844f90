package io.varve.storage.lifecycle;

/**
 * A document: a small named value that an upper layer keeps.
 *
 * @param databaseId whose it is and with which it goes; 0 for the store itself
 * @param kind what the upper layer sorts its documents by, ASCII
 */
public record DocumentRecord(int databaseId, String kind, String name, byte[] value) {}
