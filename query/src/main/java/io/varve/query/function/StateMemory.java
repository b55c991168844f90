package io.varve.query.function;

/** Gives memory to functions that keep values, and says whether their results are wanted. */
public interface StateMemory {
  /** Takes bytes, for as long as the statement runs; throws if there are not so many. */
  void reserve(long bytes);

  /** Throws if nobody waits for the result any more; to be asked in long computations. */
  default void checkCancelled() {}
}
