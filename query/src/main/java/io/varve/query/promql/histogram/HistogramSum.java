package io.varve.query.promql.histogram;

/**
 * A sum of histograms, compensated for what rounding takes from its numbers. The result has the
 * coarsest schema, the widest zero bucket or the common bounds of all that were added. When one of
 * these changes, the compensation so far is settled. Costs the buckets of each addend. Not
 * thread-safe.
 */
public final class HistogramSum implements HistogramTotal {
  private final Cells negative = new Cells();
  private final Cells positive = new Cells();
  private int schema;
  private CounterReset hint;
  private boolean resetSeen;
  private boolean notResetSeen;
  private boolean reconciled;
  private double zeroThreshold;
  private CustomBounds bounds;
  private double count;
  private double countLost;
  private double sum;
  private double sumLost;
  private double zeroCount;
  private double zeroLost;

  public HistogramSum(FloatHistogram first) {
    schema = first.schema();
    hint = first.hint();
    bounds = first.bounds();
    begin(first);
    note(first);
  }

  /** Goes on from a single histogram. */
  private void begin(FloatHistogram histogram) {
    schema = histogram.schema();
    bounds = histogram.bounds();
    zeroThreshold = histogram.zeroThreshold();
    count = histogram.count();
    sum = histogram.sum();
    zeroCount = histogram.zeroCount();
    countLost = 0;
    sumLost = 0;
    zeroLost = 0;
    negative.clear();
    negative.add(histogram.negative());
    positive.clear();
    positive.add(histogram.positive());
  }

  private void note(FloatHistogram histogram) {
    resetSeen |= histogram.hint() == CounterReset.RESET;
    notResetSeen |= histogram.hint() == CounterReset.NOT_RESET;
  }

  @Override
  public boolean takes(FloatHistogram histogram) {
    return histogram.isCustom() == (schema == FloatHistogram.CUSTOM);
  }

  @Override
  public void add(FloatHistogram histogram) {
    if (!takes(histogram)) {
      throw new IllegalArgumentException("exponential and custom buckets have no sum");
    }
    note(histogram);
    hint = CounterReset.ofSum(hint, histogram.hint());
    addAligned(align(histogram));
  }

  /** Gives the sum a schema if that is coarser than its own. */
  public void coarsen(int coarser) {
    if (coarser < schema && coarser != FloatHistogram.CUSTOM) {
      begin(total().toSchema(coarser));
    }
  }

  /** Whether adding would make a number infinite. */
  boolean overflowsWith(FloatHistogram histogram) {
    FloatHistogram aligned = align(histogram);
    return Double.isInfinite(count + aligned.count())
        || Double.isInfinite(sum + aligned.sum())
        || Double.isInfinite(zeroCount + aligned.zeroCount())
        || negative.overflowsWith(aligned.negative())
        || positive.overflowsWith(aligned.positive());
  }

  /** Scales everything added so far. */
  void times(double factor) {
    negative.times(factor);
    positive.times(factor);
    count *= factor;
    countLost *= factor;
    sum *= factor;
    sumLost *= factor;
    zeroCount *= factor;
    zeroLost *= factor;
  }

  private void addAligned(FloatHistogram histogram) {
    double newCount = count + histogram.count();
    countLost += Cells.lost(count, histogram.count(), newCount);
    count = newCount;
    double newSum = sum + histogram.sum();
    sumLost += Cells.lost(sum, histogram.sum(), newSum);
    sum = newSum;
    double newZeroCount = zeroCount + histogram.zeroCount();
    zeroLost += Cells.lost(zeroCount, histogram.zeroCount(), newZeroCount);
    zeroCount = newZeroCount;
    negative.add(histogram.negative());
    positive.add(histogram.positive());
  }

  /** The histogram in the buckets of this sum, which may get coarser ones for it. */
  private FloatHistogram align(FloatHistogram histogram) {
    if (histogram.isCustom()) {
      if (histogram.bounds().equals(bounds)) {
        return histogram;
      }
      reconciled = true;
      CustomBounds common = bounds.common(histogram.bounds());
      if (!common.equals(bounds)) {
        begin(total().toBounds(common));
      }
      return histogram.toBounds(common);
    }
    FloatHistogram aligned = histogram;
    while (aligned.zeroThreshold() != zeroThreshold) {
      if (aligned.zeroThreshold() < zeroThreshold) {
        aligned = ZeroBucket.widened(aligned, zeroThreshold);
      } else {
        begin(ZeroBucket.widened(total(), aligned.zeroThreshold()));
      }
    }
    coarsen(aligned.schema());
    return aligned.toSchema(schema);
  }

  @Override
  public boolean isReconciled() {
    return reconciled;
  }

  @Override
  public boolean hasConflictingResets() {
    return resetSeen && notResetSeen;
  }

  @Override
  public FloatHistogram total() {
    return new FloatHistogram(
        schema,
        hasConflictingResets() ? CounterReset.UNKNOWN : hint,
        count + countLost,
        sum + sumLost,
        zeroThreshold,
        zeroCount + zeroLost,
        negative.total(),
        positive.total(),
        bounds);
  }
}
