package io.varve.query.promql.function;

import java.util.ArrayList;
import java.util.List;

/** quantile: keeps a copy of every series, and sorts the values of one step after another. */
final class QuantileAggregation extends Aggregation {
  private final double[] quantiles;
  private final List<StepValues> series = new ArrayList<>();
  private final SortedValues sorted = new SortedValues();

  QuantileAggregation(double[] quantiles) {
    this.quantiles = quantiles;
  }

  @Override
  void clearState(int steps) {
    series.clear();
  }

  @Override
  void accumulate(StepValues added) {
    StepValues copy = new StepValues();
    copy.copyFrom(added);
    series.add(copy);
  }

  @Override
  void finish(double[] out, StepValues seenSteps) {
    for (int k = 0; k < seenSteps.steps(); k++) {
      sorted.clear();
      for (StepValues one : series) {
        if (one.isPresent(k)) {
          sorted.append(one.get(k));
        }
      }
      sorted.sort();
      out[k] = sorted.quantile(quantiles[k]);
    }
  }
}
