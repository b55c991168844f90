package io.varve.query.function;

/** Positions of percentiles. */
public final class Ranks {
  private Ranks() {}

  /** The position in ascending order that is nearest to a percentage; -1 if there is none. */
  public static long nearest(long count, double percent) {
    double rank = Math.floor(count * percent / 100.0 + 0.5) - 1;
    return rank >= 0 && rank < count ? (long) rank : -1;
  }
}
