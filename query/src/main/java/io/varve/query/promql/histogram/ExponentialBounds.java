package io.varve.query.promql.histogram;

/**
 * The bounds of exponential buckets. With schema {@code n} bucket {@code i} ends at {@code
 * 2^(i/2^n)} and begins where bucket {@code i-1} ends; the other half of the axis mirrors that. So
 * a schema below merges pairs of buckets of the one above, and nothing has to be interpolated.
 *
 * <p>Source: the specification of Prometheus' native histograms, "Standard schemas".
 */
public final class ExponentialBounds {
  /** The coarsest and the finest schema. */
  public static final int MIN_SCHEMA = -4;

  public static final int MAX_SCHEMA = 8;

  private static final int FINEST = 1 << MAX_SCHEMA;

  /** {@code 2^(k/256)}: all schemas take theirs from here, so that equal bounds have equal bits. */
  private static final double[] ROOTS = roots();

  /**
   * Each schema adds a bound behind each of the one before, times the same factor. That is how the
   * clients of Prometheus got the bounds they have as constants, so the last bits agree mostly.
   */
  private static double[] roots() {
    double[] roots = new double[FINEST];
    roots[0] = 1;
    for (int schema = 1; schema <= MAX_SCHEMA; schema++) {
      // The constants begin with a root of two that is rounded down.
      double factor =
          schema == 1
              ? Math.nextDown(StrictMath.sqrt(2))
              : StrictMath.pow(2, StrictMath.pow(2, -schema));
      int distance = FINEST >> schema;
      for (int k = distance; k < FINEST; k += 2 * distance) {
        roots[k] = roots[k - distance] * factor;
      }
    }
    return roots;
  }

  private ExponentialBounds() {}

  /** The upper bound of a bucket of positive observations. */
  public static double upper(int index, int schema) {
    if (schema <= 0) {
      long exponent = (long) index << -schema;
      return power(1, exponent);
    }
    int perDoubling = 1 << schema;
    int root = (index & (perDoubling - 1)) << (MAX_SCHEMA - schema);
    return power(ROOTS[root], index >> schema);
  }

  /** The last bucket of finite numbers ends at the largest of them, the next at infinity. */
  private static double power(double root, long exponent) {
    if (exponent == Double.MAX_EXPONENT + 1 && root == 1) {
      return Double.MAX_VALUE;
    }
    int bounded = (int) Math.max(-2000, Math.min(2000, exponent));
    return Math.scalb(root, bounded);
  }

  /** The bucket of a schema so many levels coarser that holds a bucket. */
  static int coarser(int index, int levels) {
    return ((index - 1) >> levels) + 1;
  }
}
