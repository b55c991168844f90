package io.varve.query.promql.function;

/**
 * sum_over_time and avg_over_time with compensated sums. Windows that overlap much are merged from
 * the compensated sums of {@link Blocks}; values so large that a sum could overflow, where the
 * order of addition decides, are added up window by window.
 */
final class SumOverTime extends WindowedFunction {
  /** 2^31 values up to this cannot overflow a sum. */
  private static final double SAFE_MAGNITUDE = 1e290;

  private final boolean average;
  private double[] headSums = new double[0];
  private double[] headLost = new double[0];
  private double[] tailSums = new double[0];
  private double[] tailLost = new double[0];

  SumOverTime(boolean average) {
    this.average = average;
  }

  @Override
  void evaluate(
      Samples samples,
      StepWindows windows,
      WindowEdges edges,
      double[][] parameters,
      StepValues out) {
    double[] values = samples.values();
    if (Blocks.pay(edges)) {
      Blocks blocks = Blocks.over(edges);
      if (magnitude(values, blocks.from(), blocks.to()) <= SAFE_MAGNITUDE) {
        sumBlocks(values, blocks);
        mergeBlocks(samples, blocks, edges, out);
        return;
      }
    }
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      int from = edges.from[k];
      int to = edges.to[k];
      if (from < to) {
        looked(to - from);
        out.set(k, of(samples, from, to));
      }
    }
  }

  private double of(Samples samples, int from, int to) {
    double[] values = samples.values();
    if (!average) {
      return CompensatedSum.of(values, from, to);
    }
    // Sums of several samples are too small to overflow.
    return samples.isCondensed()
        ? CompensatedSum.of(values, from, to) / samples.countOf(from, to)
        : CompensatedMean.of(values, from, to);
  }

  /** The largest absolute value; NaN is passed over. */
  static double magnitude(double[] values, int from, int to) {
    double largest = 0;
    for (int i = from; i < to; i++) {
      double value = Math.abs(values[i]);
      if (value > largest) {
        largest = value;
      }
    }
    return largest;
  }

  private void sumBlocks(double[] values, Blocks blocks) {
    if (headSums.length < blocks.to()) {
      headSums = new double[values.length];
      headLost = new double[values.length];
      tailSums = new double[values.length];
      tailLost = new double[values.length];
    }
    double sum = 0;
    double lost = 0;
    for (int i = blocks.from(); i < blocks.to(); i++) {
      if (blocks.startsBlock(i)) {
        sum = 0;
        lost = 0;
      }
      double rounded = sum + values[i];
      lost += CompensatedSum.lost(sum, values[i], rounded);
      sum = rounded;
      headSums[i] = sum;
      headLost[i] = lost;
    }
    for (int i = blocks.to() - 1; i >= blocks.from(); i--) {
      if (blocks.endsBlock(i)) {
        sum = 0;
        lost = 0;
      }
      double rounded = sum + values[i];
      lost += CompensatedSum.lost(sum, values[i], rounded);
      sum = rounded;
      tailSums[i] = sum;
      tailLost[i] = lost;
    }
  }

  private void mergeBlocks(Samples samples, Blocks blocks, WindowEdges edges, StepValues out) {
    double[] values = samples.values();
    int blockLength = blocks.length();
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      int from = edges.from[k];
      int to = edges.to[k];
      if (from == to) {
        continue;
      }
      double total;
      if (blocks.sameBlock(from, to - 1)) {
        total = CompensatedSum.of(values, from, to);
      } else {
        double sum = tailSums[from];
        double lost = tailLost[from];
        int lastBlock = blocks.blockStart(to - 1);
        for (int block = blocks.nextBlock(from); block < lastBlock; block += blockLength) {
          double rounded = sum + tailSums[block];
          lost += CompensatedSum.lost(sum, tailSums[block], rounded) + tailLost[block];
          sum = rounded;
        }
        double rounded = sum + headSums[to - 1];
        lost += CompensatedSum.lost(sum, headSums[to - 1], rounded) + headLost[to - 1];
        total = CompensatedSum.total(rounded, lost);
      }
      out.set(k, average ? total / samples.countOf(from, to) : total);
    }
  }
}
