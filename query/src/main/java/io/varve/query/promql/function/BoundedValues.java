package io.varve.query.promql.function;

/** round and the clamps: functions of a value and of scalars, one of each per step. In place. */
public final class BoundedValues {
  private BoundedValues() {}

  /** The nearest multiple, of two equally near the upper. */
  public static double round(double value, double nearest) {
    // Dividing by the inverse keeps 0.1 and its like exact where multiplying would not.
    double inverse = 1 / nearest;
    return Math.floor(value * inverse + 0.5) / inverse;
  }

  public static void round(StepValues series, double[] nearest) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      values[k] = round(values[k], nearest[k]);
    }
  }

  /** Removes the values of steps at which the maximum is below the minimum. */
  public static void clamp(StepValues series, double[] min, double[] max) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      values[k] = GoMath.max(min[k], GoMath.min(max[k], values[k]));
      if (max[k] < min[k]) {
        series.remove(k);
      }
    }
  }

  public static void clampMin(StepValues series, double[] min) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      values[k] = GoMath.max(min[k], values[k]);
    }
  }

  public static void clampMax(StepValues series, double[] max) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      values[k] = GoMath.min(max[k], values[k]);
    }
  }
}
