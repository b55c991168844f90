package io.varve.query.promql.histogram;

/**
 * What is left of a histogram without the observations above or below a value: the operators {@code
 * </} and {@code >/}. A bucket that the value cuts is divided as {@link HistogramFraction} does;
 * the sum is then that of the middles of what is left.
 *
 * <p>Of a custom bucket without a finite end nobody knows where its observations are: the one up to
 * a positive bound is thought to begin at 0, the others stay whole if what is wanted goes on to
 * their infinite end, else they go.
 */
public final class HistogramTrim {
  private final FloatHistogram histogram;
  private final boolean above;
  private final double value;
  private boolean changed;
  private double count;
  private double sum;

  private HistogramTrim(FloatHistogram histogram, double value, boolean above) {
    this.histogram = histogram;
    this.value = value;
    this.above = above;
  }

  /** Takes away what is above a value. */
  public static FloatHistogram above(FloatHistogram histogram, double value) {
    return new HistogramTrim(histogram, value, true).trimmed();
  }

  /** Takes away what is below a value. */
  public static FloatHistogram below(FloatHistogram histogram, double value) {
    return new HistogramTrim(histogram, value, false).trimmed();
  }

  private FloatHistogram trimmed() {
    BucketList buckets = BucketList.of(histogram);
    Buckets negative = histogram.negative();
    Buckets positive = histogram.positive();
    double[] negatives = new double[negative.size()];
    double[] positives = new double[positive.size()];
    int[] negativeIndexes = new int[negatives.length];
    int[] positiveIndexes = new int[positives.length];
    double zeros = 0;
    int nextPositive = 0;
    for (int i = 0; i < buckets.size(); i++) {
      double kept = keep(buckets, i);
      if (i < negatives.length) {
        int place = negatives.length - 1 - i;
        negativeIndexes[place] = negative.index(place);
        negatives[place] = kept;
      } else if (buckets.isZero(i)) {
        zeros = kept;
      } else {
        positiveIndexes[nextPositive] = positive.index(nextPositive);
        positives[nextPositive++] = kept;
      }
    }
    if (!changed) {
      return histogram;
    }
    return new FloatHistogram(
        histogram.schema(),
        histogram.hint(),
        count,
        sum,
        histogram.zeroThreshold(),
        zeros,
        Buckets.of(negativeIndexes, negatives, negatives.length),
        Buckets.of(positiveIndexes, positives, positives.length),
        histogram.bounds());
  }

  /** How many observations of a bucket are kept; adds them and their middle to the sums. */
  private double keep(BucketList buckets, int place) {
    double lower = buckets.lower(place);
    double upper = buckets.upper(place);
    if (buckets.isZero(place)) {
      ZeroSpan span = ZeroSpan.of(histogram);
      lower = span.lower();
      upper = span.upper();
    } else if (lower == Double.NEGATIVE_INFINITY && upper > 0 && upper < Double.POSITIVE_INFINITY) {
      if (!above && value < 0 && value > lower) {
        changed = true;
        return 0;
      }
      lower = 0;
    }
    double from = above ? lower : Math.max(lower, value);
    double to = above ? Math.min(upper, value) : upper;
    double share = share(buckets.isZero(place), lower, upper, from, to);
    double kept = buckets.count(place) * share;
    changed |= kept != buckets.count(place);
    if (kept != 0) {
      count += kept;
      sum += kept * middle(buckets.isZero(place), from, to);
    }
    return kept;
  }

  private double share(boolean zero, double lower, double upper, double from, double to) {
    if (from == lower && to == upper) {
      return 1;
    }
    if (from >= to) {
      return 0;
    }
    if (lower == Double.NEGATIVE_INFINITY) {
      return above && upper < Double.POSITIVE_INFINITY ? 1 : 0;
    }
    if (upper == Double.POSITIVE_INFINITY && histogram.isCustom()) {
      return above ? 0 : 1;
    }
    if (zero || histogram.isCustom()) {
      return (to - from) / (upper - lower);
    }
    double logLower = Logarithm.base2(Math.abs(lower));
    double logUpper = Logarithm.base2(Math.abs(upper));
    double logFrom = Logarithm.base2(Math.abs(from));
    double logTo = Logarithm.base2(Math.abs(to));
    return (logTo - logFrom) / (logUpper - logLower);
  }

  /** Of a bucket with an infinite end, its other end. */
  private double middle(boolean zero, double from, double to) {
    if (from == Double.NEGATIVE_INFINITY) {
      return to == Double.POSITIVE_INFINITY ? 0 : to;
    }
    if (to == Double.POSITIVE_INFINITY) {
      return from;
    }
    if (zero || histogram.isCustom()) {
      return (from + to) / 2;
    }
    double middle = Math.sqrt(from * to);
    return to < 0 ? -middle : middle;
  }
}
