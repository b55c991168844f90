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
  void clearState(int places) {
    counts = zeros(counts, places);
    sums = zeros(sums, places);
    lost = zeros(lost, places);
    if (running.length < places) {
      running = new boolean[places];
    } else {
      Arrays.fill(running, false);
    }
  }

  @Override
  void accumulate(StepValues series, int at) {
    double[] values = series.values();
    for (int k = 0; k < series.steps(); k++) {
      if (series.isPresent(k)) {
        add(at + k, values[k]);
      }
    }
  }

  private void add(int place, double value) {
    double count = ++counts[place];
    double sum = sums[place];
    if (!running[place]) {
      double rounded = sum + value;
      if (!Double.isInfinite(rounded) || count == 1) {
        lost[place] += count == 1 ? 0 : CompensatedSum.lost(sum, value, rounded);
        sums[place] = rounded;
        return;
      }
      running[place] = true;
      sum /= count - 1;
      lost[place] /= count - 1;
    }
    double kept = (count - 1) / count;
    double part = value / count;
    double mean = kept * sum;
    double rounded = mean + part;
    lost[place] =
        Double.isInfinite(rounded)
            ? 0
            : kept * lost[place] + CompensatedSum.lost(mean, part, rounded);
    sums[place] = rounded;
  }

  @Override
  void finish(double[] out, int at, int count) {
    for (int k = 0; k < count; k++) {
      int from = at + k;
      out[k] =
          running[from]
              ? sums[from] + lost[from]
              : sums[from] / counts[from] + lost[from] / counts[from];
    }
  }
}
