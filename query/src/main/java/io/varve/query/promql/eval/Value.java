package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.Samples;
import java.util.List;

/** What an expression gives, at all steps. */
public sealed interface Value {
  /** A number per step. */
  record Scalar(double[] perStep) implements Value {}

  /** Series by steps; ordered only if the expression orders them. */
  record Vector(SeriesTable series) implements Value {}

  /** A text. */
  record Text(String text) implements Value {}

  /** The samples of a range; of one step only. */
  record Matrix(List<SampleSeries> series) implements Value {}

  /** A series of a {@link Matrix}. */
  record SampleSeries(Labels labels, Samples samples) {}
}
