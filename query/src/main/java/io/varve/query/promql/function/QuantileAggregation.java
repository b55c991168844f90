package io.varve.query.promql.function;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** quantile: keeps a copy of every series, and sorts the values of one step after another. */
final class QuantileAggregation extends Aggregation {
  private final double[] quantiles;

  /** Series by the first places of their groups. */
  private final Map<Integer, List<StepValues>> series = new HashMap<>();

  private final SortedValues sorted = new SortedValues();

  QuantileAggregation(double[] quantiles) {
    this.quantiles = quantiles;
  }

  @Override
  void clearState(int places) {
    series.clear();
  }

  @Override
  void accumulate(StepValues added, int at) {
    StepValues copy = new StepValues();
    copy.copyFrom(added);
    series.computeIfAbsent(at, a -> new ArrayList<>()).add(copy);
  }

  @Override
  void finish(double[] out, int at, int count) {
    List<StepValues> ofGroup = series.getOrDefault(at, List.of());
    for (int k = 0; k < count; k++) {
      sorted.clear();
      for (StepValues one : ofGroup) {
        if (one.isPresent(k)) {
          sorted.append(one.get(k));
        }
      }
      sorted.sort();
      out[k] = sorted.quantile(quantiles[k]);
    }
  }
}
