package io.varve.storage.model;

/**
 * Reads the values that series have for some tags, which costs less than reading their keys. For
 * one thread.
 */
public interface TagReader {
  /** Comes to a series, as {@code key} of the same reader would. */
  void read(int seriesId);

  /**
   * The value of a tag, by its place in the list given; empty if the series does not have it.
   * UTF-8, perhaps shared between series, not to be changed.
   */
  byte[] value(int tag);
}
