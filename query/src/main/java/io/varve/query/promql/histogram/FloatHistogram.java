package io.varve.query.promql.histogram;

/**
 * A native histogram: how many observations fell into each bucket, how many there were, and their
 * sum. Immutable.
 *
 * <p>Buckets are exponential ({@link ExponentialBounds}), with one for what is near zero, or have
 * {@link CustomBounds}; then there are positive ones only, by their place, and no zero bucket.
 * Counts are doubles, also where a client counted integers.
 *
 * @param schema {@link #CUSTOM}, or from {@link ExponentialBounds#MIN_SCHEMA} to {@link
 *     ExponentialBounds#MAX_SCHEMA}
 * @param zeroThreshold the zero bucket is {@code [-zeroThreshold, zeroThreshold]}
 * @param bounds those of {@link #CUSTOM}, else {@link CustomBounds#NONE}
 */
public record FloatHistogram(
    int schema,
    CounterReset hint,
    double count,
    double sum,
    double zeroThreshold,
    double zeroCount,
    Buckets negative,
    Buckets positive,
    CustomBounds bounds) {
  /** The schema of custom buckets. */
  public static final int CUSTOM = -53;

  private static final int FIXED_BYTES = 160;
  private static final int BUCKET_BYTES = 12;

  public boolean isCustom() {
    return schema == CUSTOM;
  }

  public boolean isGauge() {
    return hint == CounterReset.GAUGE;
  }

  /** What it takes in memory, roughly; custom bounds count as if they were its own. */
  public int sizeBytes() {
    return FIXED_BYTES
        + BUCKET_BYTES * (negative.size() + positive.size())
        + Double.BYTES * bounds.size();
  }

  /** Nothing observed, in the same buckets. */
  public FloatHistogram emptied() {
    return new FloatHistogram(
        schema, hint, 0, 0, zeroThreshold, 0, Buckets.NONE, Buckets.NONE, bounds);
  }

  public FloatHistogram asGauge() {
    return withHint(CounterReset.GAUGE);
  }

  public FloatHistogram withHint(CounterReset newHint) {
    return hint == newHint
        ? this
        : new FloatHistogram(
            schema, newHint, count, sum, zeroThreshold, zeroCount, negative, positive, bounds);
  }

  /** All counts and the sum times a factor; a negative one makes it a gauge. */
  public FloatHistogram times(double factor) {
    return new FloatHistogram(
        schema,
        factor < 0 ? CounterReset.GAUGE : hint,
        count * factor,
        sum * factor,
        zeroThreshold,
        zeroCount * factor,
        negative.times(factor),
        positive.times(factor),
        bounds);
  }

  /** All counts and the sum by a divisor; 0 leaves no bucket but the one for zero. */
  public FloatHistogram dividedBy(double divisor) {
    boolean zero = divisor == 0;
    return new FloatHistogram(
        schema,
        divisor < 0 ? CounterReset.GAUGE : hint,
        count / divisor,
        sum / divisor,
        zeroThreshold,
        zeroCount / divisor,
        zero ? Buckets.NONE : negative.dividedBy(divisor),
        zero ? Buckets.NONE : positive.dividedBy(divisor),
        bounds);
  }

  /** The same in coarser exponential buckets. */
  FloatHistogram toSchema(int coarser) {
    if (coarser == schema) {
      return this;
    }
    int levels = schema - coarser;
    return new FloatHistogram(
        coarser,
        hint,
        count,
        sum,
        zeroThreshold,
        zeroCount,
        negative.moved(index -> ExponentialBounds.coarser(index, levels)),
        positive.moved(index -> ExponentialBounds.coarser(index, levels)),
        bounds);
  }

  /** The same in custom buckets of which some are joined. */
  FloatHistogram toBounds(CustomBounds fewer) {
    if (fewer.equals(bounds)) {
      return this;
    }
    int[] places = bounds.placesIn(fewer);
    return new FloatHistogram(
        schema,
        hint,
        count,
        sum,
        zeroThreshold,
        zeroCount,
        negative,
        positive.moved(bucket -> places[bucket]),
        fewer);
  }

  /** Whether all but the hints agree. */
  public boolean sameAs(FloatHistogram other) {
    return withHint(CounterReset.UNKNOWN).equals(other.withHint(CounterReset.UNKNOWN));
  }
}
