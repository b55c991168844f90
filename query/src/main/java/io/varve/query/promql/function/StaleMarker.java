package io.varve.query.promql.function;

/** The sample that says that a series has ended: one certain not-a-number. */
public final class StaleMarker {
  /** Its bits; no computation gives them. */
  public static final long BITS = 0x7ff0000000000002L;

  private StaleMarker() {}

  public static boolean is(double value) {
    return Double.isNaN(value) && Double.doubleToRawLongBits(value) == BITS;
  }
}
