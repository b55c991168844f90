package io.varve.query.promql.function;

/**
 * min_over_time and max_over_time. NaN is passed over unless a window has nothing else; of the two
 * zeros, the earlier sample counts. Windows that overlap much are put together from the extremes of
 * the beginnings and ends of {@link Blocks}.
 */
final class ExtremeOverTime extends WindowedFunction {
  private final boolean max;
  private double[] heads = new double[0];
  private double[] tails = new double[0];

  ExtremeOverTime(boolean max) {
    this.max = max;
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
      findInBlocks(values, blocks);
      mergeBlocks(values, blocks, edges, out);
      return;
    }
    for (int k = edges.firstStep(); k < edges.endStep(); k++) {
      if (edges.from[k] < edges.to[k]) {
        out.set(k, extreme(values, edges.from[k], edges.to[k]));
      }
    }
  }

  private double extreme(double[] values, int from, int to) {
    boolean largest = max;
    double best = values[from];
    for (int i = from + 1; i < to; i++) {
      double value = values[i];
      if ((largest ? value > best : value < best) || Double.isNaN(best)) {
        best = value;
      }
    }
    return best;
  }

  /** The better of two, the earlier if they are equal. */
  private double better(double earlier, double later) {
    return (max ? later > earlier : later < earlier) || Double.isNaN(earlier) ? later : earlier;
  }

  private void findInBlocks(double[] values, Blocks blocks) {
    if (heads.length < blocks.to()) {
      heads = new double[values.length];
      tails = new double[values.length];
    }
    double best = Double.NaN;
    for (int i = blocks.from(); i < blocks.to(); i++) {
      best = blocks.startsBlock(i) ? values[i] : better(best, values[i]);
      heads[i] = best;
    }
    for (int i = blocks.to() - 1; i >= blocks.from(); i--) {
      best = blocks.endsBlock(i) ? values[i] : better(values[i], best);
      tails[i] = best;
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
        out.set(k, extreme(values, from, to));
        continue;
      }
      double best = tails[from];
      int lastBlock = blocks.blockStart(to - 1);
      for (int block = blocks.nextBlock(from); block < lastBlock; block += blockLength) {
        best = better(best, tails[block]);
      }
      out.set(k, better(best, heads[to - 1]));
    }
  }
}
