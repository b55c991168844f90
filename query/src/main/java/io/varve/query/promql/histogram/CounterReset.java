package io.varve.query.promql.histogram;

/** What is known about a histogram beside the one before; the order is that of the protocols. */
public enum CounterReset {
  UNKNOWN,
  /** It began anew. */
  RESET,
  /** It went on. */
  NOT_RESET,
  /** It may go up and down. */
  GAUGE;

  private static final CounterReset[] BY_CODE = values();

  /** The hint with a number from 0 to 3; {@link #UNKNOWN} for any other. */
  public static CounterReset ofCode(long code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[(int) code] : UNKNOWN;
  }

  /** Whether a sum of two is about a counter that both began anew and went on. */
  static boolean conflict(CounterReset a, CounterReset b) {
    return (a == RESET && b == NOT_RESET) || (a == NOT_RESET && b == RESET);
  }

  /** What is known about a sum. */
  static CounterReset ofSum(CounterReset a, CounterReset b) {
    if (a == b) {
      return a;
    }
    return a == GAUGE || b == GAUGE ? GAUGE : UNKNOWN;
  }
}
