package io.varve.storage;

/** Tells when no row has come for a while, from a count of rows that is looked at in each sweep. */
final class IdleSweeps {
  /** Sweeps come once a minute. */
  static final int ENOUGH = 10;

  private long lastCount = -1;
  private int idle;

  /** Adds a sweep; whether rows have not come for {@link #ENOUGH} of them. */
  boolean add(long rowCount) {
    idle = rowCount == lastCount ? idle + 1 : 0;
    lastCount = rowCount;
    return idle >= ENOUGH;
  }
}
