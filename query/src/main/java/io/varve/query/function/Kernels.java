package io.varve.query.function;

/**
 * The innermost loops, one method per type and function so that the compiler sees one shape each.
 *
 * <p>Long float sums run in four lanes: a single chain of additions is bound by their latency.
 * Minima and maxima of doubles use comparisons, as {@code Math.max} must also care for NaN and
 * -0.0.
 */
final class Kernels {
  /** From this many values on, four lanes pay. */
  private static final int LANES_FROM = 64;

  private Kernels() {}

  static double sum(double[] values, int from, int to, double initial) {
    double a = initial;
    int i = from;
    if (to - from >= LANES_FROM) {
      double b = 0;
      double c = 0;
      double d = 0;
      for (int end = to - 3; i < end; i += 4) {
        a += values[i];
        b += values[i + 1];
        c += values[i + 2];
        d += values[i + 3];
      }
      a = (a + b) + (c + d);
    }
    for (; i < to; i++) {
      a += values[i];
    }
    return a;
  }

  static long sum(long[] values, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum;
  }

  /** The first smallest value; {@code to > from}. */
  static double min(double[] values, int from, int to) {
    double min = values[from];
    for (int i = from + 1; i < to; i++) {
      if (values[i] < min) {
        min = values[i];
      }
    }
    return min;
  }

  /** The first greatest value; {@code to > from}. */
  static double max(double[] values, int from, int to) {
    double max = values[from];
    for (int i = from + 1; i < to; i++) {
      if (values[i] > max) {
        max = values[i];
      }
    }
    return max;
  }

  /** The greatest value after flipping the bits of {@code turn}; {@code to > from}. */
  static long max(long[] values, int from, int to, long turn) {
    long max = values[from] ^ turn;
    for (int i = from + 1; i < to; i++) {
      max = Math.max(max, values[i] ^ turn);
    }
    return max;
  }

  /** Position of the first smallest value; {@code to > from}. */
  static int minIndex(double[] values, int from, int to) {
    int best = from;
    double min = values[from];
    for (int i = from + 1; i < to; i++) {
      if (values[i] < min) {
        min = values[i];
        best = i;
      }
    }
    return best;
  }

  /** Position of the first greatest value; {@code to > from}. */
  static int maxIndex(double[] values, int from, int to) {
    int best = from;
    double max = values[from];
    for (int i = from + 1; i < to; i++) {
      if (values[i] > max) {
        max = values[i];
        best = i;
      }
    }
    return best;
  }

  /**
   * As for doubles, after flipping the bits of {@code flip}: the sign bit orders unsigned values.
   */
  static int minIndex(long[] values, int from, int to, long flip) {
    int best = from;
    long min = values[from] ^ flip;
    for (int i = from + 1; i < to; i++) {
      if ((values[i] ^ flip) < min) {
        min = values[i] ^ flip;
        best = i;
      }
    }
    return best;
  }

  /**
   * As for doubles, after flipping the bits of {@code flip}: the sign bit orders unsigned values.
   */
  static int maxIndex(long[] values, int from, int to, long flip) {
    int best = from;
    long max = values[from] ^ flip;
    for (int i = from + 1; i < to; i++) {
      if ((values[i] ^ flip) > max) {
        max = values[i] ^ flip;
        best = i;
      }
    }
    return best;
  }
}
