package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.PositionRange;
import java.util.HashSet;
import java.util.Set;

/**
 * Which labels have come before, where fields of several measurements have one name. Remembers the
 * labels of all series.
 */
final class DistinctSeries {
  private final Annotations annotations;
  private final PositionRange position;
  private final SampleBudget.Hold hold;
  private final Set<Labels> seen = new HashSet<>();

  /** For a selector at a position. */
  DistinctSeries(SampleBudget budget, Annotations annotations, PositionRange position) {
    this.annotations = annotations;
    this.position = position;
    this.hold = budget.hold();
  }

  /** Whether a series is the first of its labels; the others are left out, with a warning. */
  boolean isFirst(Labels labels) {
    hold.takeSeries(0);
    if (seen.add(labels)) {
      return true;
    }
    annotations.warn(
        "several fields are called "
            + labels.get(Labels.NAME)
            + ", and have series with the same labels, of which only the first is used",
        position);
    return false;
  }
}
