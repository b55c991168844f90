package io.varve.query.promql.function;

/** How much of a change is added for the time between a window's samples and its edges. */
final class Extrapolation {
  /** A gap at an edge is bridged only if it is shorter than so many mean distances. */
  private static final double BRIDGED_DISTANCES = 1.1;

  private static final double MILLIS = 1000;

  private Extrapolation() {}

  /**
   * What the change from the first to the last sample is multiplied by.
   *
   * @param firstMillis time of the window's first sample
   * @param lastMillis time of its last sample, later than the first
   * @param distances how many there are between the samples
   * @param startMillis the last instant before the window
   * @param firstPerChange the first value by the change, which is how many times the sampled time
   *     lies between the first sample and when a counter was zero; infinite if that does not matter
   */
  static double factor(
      long firstMillis,
      long lastMillis,
      long distances,
      long startMillis,
      long endMillis,
      double firstPerChange) {
    double sampled = (lastMillis - firstMillis) / MILLIS;
    double meanDistance = sampled / distances;
    double threshold = meanDistance * BRIDGED_DISTANCES;
    double before = (firstMillis - startMillis) / MILLIS;
    if (before >= threshold) {
      before = meanDistance / 2;
    }
    double sinceZero = sampled * firstPerChange;
    if (sinceZero < before) {
      before = sinceZero;
    }
    double after = (endMillis - lastMillis) / MILLIS;
    if (after >= threshold) {
      after = meanDistance / 2;
    }
    return (sampled + before + after) / sampled;
  }
}
