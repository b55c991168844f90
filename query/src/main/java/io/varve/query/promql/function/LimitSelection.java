package io.varve.query.promql.function;

/**
 * limitk and limit_ratio of one group. limitk keeps the first k series that have a value at a step;
 * limit_ratio keeps series by a hash of their labels, the same at every step with the same ratio,
 * and a negative ratio r keeps those that {@code 1 + r} leaves out. Not thread-safe.
 */
public final class LimitSelection {
  private final long[] left;

  /** For limitk: how many at each step; see {@link StepParameters#toCounts}. */
  public LimitSelection(long[] k) {
    left = k.clone();
  }

  /** Removes the values of the steps that are full; the next series. */
  public void keep(StepValues series) {
    for (int k = 0; k < left.length; k++) {
      if (series.isPresent(k) && left[k]-- <= 0) {
        series.remove(k);
      }
    }
  }

  /**
   * For limit_ratio: removes the values of the steps whose ratio leaves the series out.
   *
   * @param ratios from -1 to 1, other values as the nearer of these
   * @param labelsHash 64 evenly spread bits
   */
  public static void keepRatio(StepValues series, double[] ratios, long labelsHash) {
    double place = (labelsHash >>> 11) * 0x1p-53;
    for (int k = 0; k < series.steps(); k++) {
      double ratio = ratios[k];
      if (!(ratio >= 0 ? place < ratio : place >= 1 + ratio)) {
        series.remove(k);
      }
    }
  }
}
