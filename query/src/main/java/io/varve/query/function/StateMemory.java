package io.varve.query.function;

/** Gives memory to functions that keep values. */
public interface StateMemory {
  /** Takes bytes, for as long as the statement runs; throws if there are not so many. */
  void reserve(long bytes);
}
