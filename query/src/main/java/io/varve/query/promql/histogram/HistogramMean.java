package io.varve.query.promql.histogram;

/**
 * The mean of histograms: their compensated sum by their number or, from the one on at which a
 * number of the sum would become infinite, a running mean. Not thread-safe.
 */
public final class HistogramMean implements HistogramTotal {
  private final HistogramSum sum;
  private long count = 1;
  private boolean running;

  public HistogramMean(FloatHistogram first) {
    sum = new HistogramSum(first);
  }

  @Override
  public boolean takes(FloatHistogram histogram) {
    return sum.takes(histogram);
  }

  @Override
  public void add(FloatHistogram histogram) {
    count++;
    if (!running) {
      if (!sum.overflowsWith(histogram)) {
        sum.add(histogram);
        return;
      }
      running = true;
      sum.times(1.0 / ((double) count - 1));
    }
    sum.times((count - 1.0) / count);
    sum.add(histogram.dividedBy((double) count));
  }

  @Override
  public boolean isReconciled() {
    return sum.isReconciled();
  }

  @Override
  public boolean hasConflictingResets() {
    return sum.hasConflictingResets();
  }

  @Override
  public FloatHistogram total() {
    return running ? sum.total() : sum.total().dividedBy((double) count);
  }
}
