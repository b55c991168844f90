package io.varve.query.promql.histogram;

/**
 * All populated buckets of a histogram from the lowest to the highest, the zero bucket among them.
 * Exponential buckets that the zero bucket overlaps begin where it ends. Immutable.
 */
public final class BucketList {
  private final double[] lowers;
  private final double[] uppers;
  private final double[] counts;

  /** Place of the zero bucket, or of what would be behind it. */
  private final int zeroPlace;

  private final boolean hasZero;
  private final boolean custom;

  private BucketList(FloatHistogram histogram) {
    Buckets negative = histogram.negative();
    Buckets positive = histogram.positive();
    hasZero = !histogram.isCustom() && histogram.zeroCount() != 0;
    custom = histogram.isCustom();
    zeroPlace = negative.size();
    int size = negative.size() + positive.size() + (hasZero ? 1 : 0);
    lowers = new double[size];
    uppers = new double[size];
    counts = new double[size];
    int next = 0;
    for (int i = negative.size() - 1; i >= 0; i--) {
      int index = negative.index(i);
      lowers[next] = -ExponentialBounds.upper(index, histogram.schema());
      uppers[next] = -outsideZero(histogram, index);
      counts[next++] = negative.count(i);
    }
    if (hasZero) {
      lowers[next] = -histogram.zeroThreshold();
      uppers[next] = histogram.zeroThreshold();
      counts[next++] = histogram.zeroCount();
    }
    for (int i = 0; i < positive.size(); i++) {
      int index = positive.index(i);
      lowers[next] = custom ? histogram.bounds().lower(index) : outsideZero(histogram, index);
      uppers[next] =
          custom
              ? histogram.bounds().upper(index)
              : ExponentialBounds.upper(index, histogram.schema());
      counts[next++] = positive.count(i);
    }
  }

  public static BucketList of(FloatHistogram histogram) {
    return new BucketList(histogram);
  }

  /** The bound of an exponential bucket that is nearer to zero. */
  private static double outsideZero(FloatHistogram histogram, int index) {
    double bound = ExponentialBounds.upper(index - 1, histogram.schema());
    double end = ExponentialBounds.upper(index, histogram.schema());
    double threshold = histogram.zeroThreshold();
    return bound < threshold && threshold < end ? threshold : bound;
  }

  public int size() {
    return counts.length;
  }

  public double lower(int place) {
    return lowers[place];
  }

  public double upper(int place) {
    return uppers[place];
  }

  public double count(int place) {
    return counts[place];
  }

  public boolean isZero(int place) {
    return hasZero && place == zeroPlace;
  }

  /** Whether what is equal to the lower bound is in the bucket. */
  public boolean includesLower(int place) {
    return custom ? lowers[place] == Double.NEGATIVE_INFINITY : place < zeroPlace || isZero(place);
  }

  /** Whether what is equal to the upper bound is in the bucket. */
  public boolean includesUpper(int place) {
    return custom || place >= zeroPlace;
  }
}
