package io.varve.query.promql.histogram;

/** What is known about a histogram beside the one before. */
public enum CounterReset {
  UNKNOWN(0),
  /** It began anew. */
  RESET(1),
  /** It went on. */
  NOT_RESET(2),
  /** It may go up and down. */
  GAUGE(3);

  private final int code;

  CounterReset(int code) {
    this.code = code;
  }

  /** Its number in protocols and in what is stored, 0 to 3. */
  public int code() {
    return code;
  }

  /** The hint with a number from 0 to 3; {@link #UNKNOWN} for any other. */
  public static CounterReset ofCode(long code) {
    for (CounterReset hint : values()) {
      if (hint.code == code) {
        return hint;
      }
    }
    return UNKNOWN;
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
