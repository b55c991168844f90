package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.StepValues;

/** Says which values of a vector are wanted. */
@FunctionalInterface
interface SeriesFilter {
  /** Keeps all. */
  SeriesFilter NONE = (labels, values) -> {};

  /** Removes values of a series that are not wanted, perhaps all. */
  void apply(Labels labels, StepValues values);

  /** A sink that gets what is kept. */
  default SeriesSink in(SeriesSink sink) {
    return (labels, values) -> {
      apply(labels, values);
      if (!values.isEmpty()) {
        sink.accept(labels, values);
      }
    };
  }
}
