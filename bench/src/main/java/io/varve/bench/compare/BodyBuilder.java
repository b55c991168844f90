package io.varve.bench.compare;

/** Collects rows into one body after the other. One thread. */
interface BodyBuilder {
  /** Adds a row to the body. */
  void add(int row, long step, double[] values);

  /** The body; the next one starts empty. */
  byte[] finish();
}
