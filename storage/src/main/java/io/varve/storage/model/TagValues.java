package io.varve.storage.model;

/** The values of a tag of one measurement by number; they only become more. Thread-safe. */
public interface TagValues {
  /** Values have numbers below this. */
  int count();

  /** A value in UTF-8, not to be changed; its number is one that was read before. */
  byte[] value(int number);
}
