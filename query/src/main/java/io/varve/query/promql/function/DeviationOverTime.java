package io.varve.query.promql.function;

/**
 * stdvar_over_time and stddev_over_time. Windows that overlap much are merged from the means and
 * sums of squares of {@link Blocks} (Chan, Golub and LeVeque, 1979), where only positive terms are
 * added; values whose squares could overflow are taken window by window.
 */
final class DeviationOverTime extends WindowedFunction {
  private static final double SAFE_MAGNITUDE = 1e140;

  private final boolean root;
  private double[] headMeans = new double[0];
  private double[] headSquares = new double[0];
  private double[] tailMeans = new double[0];
  private double[] tailSquares = new double[0];

  /** The standard deviation if true, else the variance. */
  DeviationOverTime(boolean root) {
    this.root = root;
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
      if (SumOverTime.magnitude(values, blocks.from(), blocks.to()) <= SAFE_MAGNITUDE) {
        findInBlocks(values, blocks);
        mergeBlocks(values, blocks, edges, out);
        return;
      }
    }
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      if (edges.from[k] < edges.to[k]) {
        looked(edges.to[k] - edges.from[k]);
        put(out, k, Deviation.variance(values, edges.from[k], edges.to[k]));
      }
    }
  }

  private void put(StepValues out, int step, double variance) {
    out.set(step, root ? Math.sqrt(variance) : variance);
  }

  private void findInBlocks(double[] values, Blocks blocks) {
    if (headMeans.length < blocks.to()) {
      headMeans = new double[values.length];
      headSquares = new double[values.length];
      tailMeans = new double[values.length];
      tailSquares = new double[values.length];
    }
    int count = 0;
    double mean = 0;
    double squares = 0;
    for (int i = blocks.from(); i < blocks.to(); i++) {
      if (blocks.startsBlock(i)) {
        count = 0;
        mean = 0;
        squares = 0;
      }
      double delta = values[i] - mean;
      mean += delta / ++count;
      squares += delta * (values[i] - mean);
      headMeans[i] = mean;
      headSquares[i] = squares;
    }
    for (int i = blocks.to() - 1; i >= blocks.from(); i--) {
      if (blocks.endsBlock(i)) {
        count = 0;
        mean = 0;
        squares = 0;
      }
      double delta = values[i] - mean;
      mean += delta / ++count;
      squares += delta * (values[i] - mean);
      tailMeans[i] = mean;
      tailSquares[i] = squares;
    }
  }

  private void mergeBlocks(double[] values, Blocks blocks, WindowEdges edges, StepValues out) {
    int blockLength = blocks.length();
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      int from = edges.from[k];
      int to = edges.to[k];
      if (from == to) {
        continue;
      }
      if (blocks.sameBlock(from, to - 1)) {
        put(out, k, Deviation.variance(values, from, to));
        continue;
      }
      int block = blocks.nextBlock(from);
      int lastBlock = blocks.blockStart(to - 1);
      double count = block - from;
      double mean = tailMeans[from];
      double squares = tailSquares[from];
      for (; block < lastBlock; block += blockLength) {
        double delta = tailMeans[block] - mean;
        double share = blockLength / (count + blockLength);
        squares += tailSquares[block] + delta * delta * count * share;
        mean += delta * share;
        count += blockLength;
      }
      double delta = headMeans[to - 1] - mean;
      double share = (to - lastBlock) / (count + (to - lastBlock));
      squares += headSquares[to - 1] + delta * delta * count * share;
      put(out, k, squares / (to - from));
    }
  }
}
