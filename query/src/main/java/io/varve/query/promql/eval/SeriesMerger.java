package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins series that have become the same by losing a label. That is an error if both have a value
 * at the same step. Keeps the order in which labels appear.
 */
final class SeriesMerger implements SeriesSink {
  private final SampleBudget.Hold hold;
  private final Map<Labels, StepValues> series = new LinkedHashMap<>();

  SeriesMerger(SampleBudget budget) {
    this.hold = budget.hold();
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
    // Labels seldom come twice: the copy is made before anybody looks.
    hold.takeSeries(values);
    StepValues copy = new StepValues();
    copy.copyFrom(values);
    StepValues known = series.putIfAbsent(labels, copy);
    if (known == null) {
      return;
    }
    for (int step = 0; step < values.steps(); step++) {
      if (values.isPresent(step)) {
        if (known.isPresent(step)) {
          throw new PromException(
              PromException.Kind.EXECUTION, "vector cannot contain metrics with the same labelset");
        }
        known.setFrom(step, values);
      }
    }
  }

  /** Hands all series on and forgets them. */
  void drainTo(SeriesSink sink) {
    series.forEach(sink::accept);
    series.clear();
    hold.close();
  }

  /** The series, which go on to count for the budget. */
  List<StepSeries> series() {
    List<StepSeries> all = new ArrayList<>(series.size());
    series.forEach((labels, values) -> all.add(new StepSeries(labels, values)));
    return all;
  }
}
