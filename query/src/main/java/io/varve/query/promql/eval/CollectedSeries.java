package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.List;

/** Copies of the series of a vector, which count for the budget until this is closed. */
final class CollectedSeries implements SeriesSink, AutoCloseable {
  private final SampleBudget.Hold hold;
  private final List<StepSeries> series = new ArrayList<>();

  CollectedSeries(SampleBudget budget) {
    this.hold = budget.hold();
  }

  @Override
  public void accept(Labels labels, StepValues values) {
    hold.takeSeries(values);
    StepValues copy = new StepValues();
    copy.copyFrom(values);
    series.add(new StepSeries(labels, copy));
  }

  /** The series in the order in which they came. */
  List<StepSeries> series() {
    return series;
  }

  @Override
  public void close() {
    hold.close();
  }
}
