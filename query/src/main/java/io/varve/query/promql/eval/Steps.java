package io.varve.query.promql.eval;

/**
 * The times at which an expression is evaluated: {@code start + k * step}.
 *
 * @param stepMillis any positive number if there is one step
 * @param count at least 0
 */
public record Steps(long startMillis, long stepMillis, int count) {
  /** One evaluation. */
  public static Steps at(long timeMillis) {
    return new Steps(timeMillis, 1, 1);
  }

  public long timeMillis(int step) {
    return startMillis + step * stepMillis;
  }

  /** The time of the last step; there is one. */
  public long lastMillis() {
    return timeMillis(count - 1);
  }
}
