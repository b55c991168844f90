package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.function.StepValues;

/**
 * Joins series that have become the same by losing a label. That is an error if both have a value
 * at the same step. Keeps the order in which labels appear.
 */
final class SeriesMerger implements SeriesSink {
  private final SeriesTable series;
  private final LabelsIndex index = new LabelsIndex();
  private final StepValues known = new StepValues();

  SeriesMerger(SampleBudget budget) {
    this.series = new SeriesTable(budget);
  }

  /** Joins what a feed gives before it goes into a sink, unless that does it anyway. */
  static void merge(SampleBudget budget, SeriesSink sink, Evaluator.SeriesFeed feed) {
    if (sink instanceof SeriesMerger) {
      feed.into(sink);
      return;
    }
    SeriesMerger merger = new SeriesMerger(budget);
    feed.into(merger);
    merger.drainTo(sink);
  }

  @Override
  public void accept(Labels labels, StepValues values) {
    int row = index.add(labels);
    if (row == series.count()) {
      series.accept(labels, values);
      return;
    }
    series.load(row, known);
    for (int step = 0; step < values.steps(); step++) {
      if (values.isPresent(step)) {
        if (known.isPresent(step)) {
          throw new PromException(
              PromException.Kind.EXECUTION, "vector cannot contain metrics with the same labelset");
        }
        known.setFrom(step, values);
      }
    }
    series.replace(row, known);
  }

  /** Hands all series on and forgets them; nothing is to come afterwards. */
  void drainTo(SeriesSink sink) {
    series.sendTo(sink, known);
    series.close();
  }

  /** The series, which go on to count for the budget. */
  SeriesTable series() {
    return series;
  }
}
