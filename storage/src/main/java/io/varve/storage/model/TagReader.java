package io.varve.storage.model;

import org.jspecify.annotations.Nullable;

/**
 * Reads the values that series have for some tags, which costs less than reading their keys. For
 * one thread.
 */
public interface TagReader {
  /** In place of the number of a value, if there is none. */
  int NONE = -1;

  /** Comes to a series, as {@code key} of the same reader would. */
  void read(int seriesId);

  /**
   * The value of a tag, by its place in the list given; empty if the series does not have it.
   * UTF-8, perhaps shared between series, not to be changed.
   */
  byte[] value(int tag);

  /**
   * The number of that value in the {@link #values} of the tag; {@link #NONE} if the series does
   * not have it. Numbers mean the same for all series of one measurement.
   */
  default int number(int tag) {
    return NONE;
  }

  /**
   * The values of a tag in the measurement of the series.
   *
   * @return null if they have no numbers, or if no series read so far has the tag
   */
  default @Nullable TagValues values(int tag) {
    return null;
  }

  /**
   * The place of that value in the order of the bytes of all values of its tag, from 1; 0 if the
   * series does not have the tag. Places are comparable between series of one measurement, and only
   * for the same reader.
   *
   * @param most how many values it may be worth to put in order for this
   * @return -1 if there are more, or if the order is not known
   */
  default int rank(int tag, int most) {
    return -1;
  }
}
