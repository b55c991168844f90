package io.varve.query.promql.function;

/**
 * How heavily overlapping windows are put together from parts that are computed once: the samples
 * are cut into blocks of about a window's length, and a window is the end of one block, the whole
 * blocks behind it, and the beginning of one more. With the results of all beginnings and ends of
 * blocks at hand, a window costs a few steps however many samples it has, and nothing is ever
 * subtracted (van Herk, "A fast algorithm for local minimum and maximum filters", 1992).
 */
final class Blocks {
  /** Below so many visits per sample, scanning each window anew is cheaper. */
  private static final int MIN_VISITS = 6;

  /** The block of place i is {@code i >>> shift}. */
  private final int shift;

  private final int from;
  private final int to;

  private Blocks(int shift, int from, int to) {
    this.shift = shift;
    this.from = from;
    this.to = to;
  }

  /** Whether the windows overlap so much that blocks pay. */
  static boolean pay(WindowEdges edges) {
    long covered = (long) edges.to[edges.endStep() - 1] - edges.from[edges.firstStep()];
    return edges.total() > MIN_VISITS * covered;
  }

  /** Blocks over the samples of all windows. */
  static Blocks over(WindowEdges edges) {
    int steps = edges.endStep() - edges.firstStep();
    long mean = Math.max(1, edges.total() / steps);
    return new Blocks(
        63 - Long.numberOfLeadingZeros(mean),
        edges.from[edges.firstStep()],
        edges.to[edges.endStep() - 1]);
  }

  /** First place of any window. */
  int from() {
    return from;
  }

  /** Place behind the last of any window. */
  int to() {
    return to;
  }

  boolean sameBlock(int place, int otherPlace) {
    return place >>> shift == otherPlace >>> shift;
  }

  boolean startsBlock(int place) {
    return place == from || (place & (1 << shift) - 1) == 0;
  }

  boolean endsBlock(int place) {
    return place == to - 1 || (place + 1 & (1 << shift) - 1) == 0;
  }

  /** First place of the block behind the one of a place. */
  int nextBlock(int place) {
    return ((place >>> shift) + 1) << shift;
  }

  /** First place of the block of a place. */
  int blockStart(int place) {
    return place >>> shift << shift;
  }

  /** Places in a whole block. */
  int length() {
    return 1 << shift;
  }
}
