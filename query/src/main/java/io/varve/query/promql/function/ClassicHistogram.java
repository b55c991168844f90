package io.varve.query.promql.function;

import java.util.Arrays;

/**
 * histogram_quantile and histogram_fraction over the classic buckets of one step. Filled with the
 * buckets in ascending order of their bounds, asked, and filled again. Not thread-safe.
 */
public final class ClassicHistogram {
  /** Relative differences between counts up to this are rounding. */
  private static final double TOLERANCE = 1e-12;

  private double[] bounds = new double[16];
  private double[] counts = new double[16];
  private int size;
  private boolean repaired;
  private double minRepaired;
  private double maxRepaired;
  private double maxDecrease;

  /** Forgets the buckets and what was repaired. */
  public void clear() {
    size = 0;
    repaired = false;
    minRepaired = Double.POSITIVE_INFINITY;
    maxRepaired = Double.NEGATIVE_INFINITY;
    maxDecrease = 0;
  }

  /** Adds a bucket; the counts of equal bounds are added up. */
  public void add(double upperBound, double count) {
    if (size > 0 && upperBound <= bounds[size - 1]) {
      if (upperBound < bounds[size - 1]) {
        throw new IllegalStateException(
            "bucket " + upperBound + " after bucket " + bounds[size - 1]);
      }
      counts[size - 1] += count;
      return;
    }
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    bounds[size] = upperBound;
    counts[size++] = count;
  }

  /**
   * The quantile by linear interpolation within its bucket, the first of which begins at 0 if it
   * ends above. An infinity for q outside of 0 to 1; NaN for NaN, without a last bucket up to +Inf,
   * without another bucket, and without observations. Repairs the counts.
   */
  public double quantile(double q) {
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (!endsAtInfinity()) {
      return Double.NaN;
    }
    makeMonotonic();
    if (size < 2 || counts[size - 1] == 0) {
      return Double.NaN;
    }
    double rank = q * counts[size - 1];
    int bucket = firstWithCount(rank);
    if (bucket == size - 1) {
      return bounds[size - 2];
    }
    if (bucket == 0 && bounds[0] <= 0) {
      return bounds[0];
    }
    double start = bucket == 0 ? 0 : bounds[bucket - 1];
    double below = bucket == 0 ? 0 : counts[bucket - 1];
    return start + (bounds[bucket] - start) * ((rank - below) / (counts[bucket] - below));
  }

  /** First bucket but the last whose count is at least the rank, else the last. */
  private int firstWithCount(double rank) {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (counts[middle] >= rank) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * The share of observations between two values, linear within buckets; those of a bucket without
   * a finite edge on one side count as lying at its other edge.
   */
  public double fraction(double lower, double upper) {
    if (!endsAtInfinity() || counts[size - 1] == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    return (rank(upper) - rank(lower)) / counts[size - 1];
  }

  /** Observations up to a value. */
  private double rank(double value) {
    double total = counts[size - 1];
    double start = bounds[0] <= 0 ? Double.NEGATIVE_INFINITY : 0;
    double below = 0;
    for (int i = 0; i < size; i++) {
      if (start >= value) {
        return Math.min(below, total);
      }
      if (bounds[i] > value) {
        double rank =
            start == Double.NEGATIVE_INFINITY
                ? counts[i]
                : below + (counts[i] - below) * (value - start) / (bounds[i] - start);
        return Math.min(rank, total);
      }
      start = bounds[i];
      below = counts[i];
    }
    return total;
  }

  private boolean endsAtInfinity() {
    return size > 0 && bounds[size - 1] == Double.POSITIVE_INFINITY;
  }

  /** Levels what is rounding, and raises every count to the one before. */
  private void makeMonotonic() {
    double before = counts[0];
    for (int i = 1; i < size; i++) {
      double count = counts[i];
      if (isNearly(before, count)) {
        counts[i] = before;
      } else if (count < before) {
        counts[i] = before;
        repaired = true;
        minRepaired = Math.min(minRepaired, bounds[i]);
        maxRepaired = Math.max(maxRepaired, bounds[i]);
        maxDecrease = Math.max(maxDecrease, before - count);
      } else {
        before = count;
      }
    }
  }

  private static boolean isNearly(double a, double b) {
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return true;
    }
    double difference = Math.abs(a - b);
    double sum = Math.abs(a) + Math.abs(b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < TOLERANCE * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < TOLERANCE;
  }

  /** Whether a count was raised because it was below the one before: worth an annotation. */
  public boolean isRepaired() {
    return repaired;
  }

  /** Bound of the lowest bucket that was raised, if any was. */
  public double minRepaired() {
    return minRepaired;
  }

  /** Bound of the highest bucket that was raised, if any was. */
  public double maxRepaired() {
    return maxRepaired;
  }

  /** By how much the count fell short that was raised the most, 0 if none was. */
  public double maxDecrease() {
    return maxDecrease;
  }
}
