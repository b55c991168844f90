package io.varve.query.promql.function;

import java.util.Arrays;

/** Means step by step as {@link CompensatedMean} finds them for one. */
final class MeanAggregation extends Aggregation {
  private double[] counts = new double[0];
  private double[] lost = new double[0];

  /** Sums or, where {@link #running}, means. */
  private double[] sums = new double[0];

  private boolean[] running = new boolean[0];

  @Override
  void clearState(int steps) {
    counts = zeros(counts, steps);
    sums = zeros(sums, steps);
    lost = zeros(lost, steps);
    if (running.length < steps) {
      running = new boolean[steps];
    } else {
      Arrays.fill(running, false);
    }
  }

  @Override
  void accumulate(StepValues series) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      if (series.isPresent(k)) {
        add(k, values[k]);
      }
    }
  }

  private void add(int step, double value) {
    double count = ++counts[step];
    double sum = sums[step];
    if (!running[step]) {
      double rounded = sum + value;
      if (!Double.isInfinite(rounded) || count == 1) {
        lost[step] += count == 1 ? 0 : CompensatedSum.lost(sum, value, rounded);
        sums[step] = rounded;
        return;
      }
      running[step] = true;
      sum /= count - 1;
      lost[step] /= count - 1;
    }
    double kept = (count - 1) / count;
    double part = value / count;
    double mean = kept * sum;
    double rounded = mean + part;
    lost[step] =
        Double.isInfinite(rounded)
            ? 0
            : kept * lost[step] + CompensatedSum.lost(mean, part, rounded);
    sums[step] = rounded;
  }

  @Override
  void finish(double[] out, StepValues seenSteps) {
    for (int k = 0; k < seenSteps.steps(); k++) {
      out[k] = running[k] ? sums[k] + lost[k] : sums[k] / counts[k] + lost[k] / counts[k];
    }
  }
}
