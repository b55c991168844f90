package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import java.util.List;

/**
 * The answer to a query, in memory, which counts for all queries until this is closed. For one
 * thread.
 */
public interface PromResult extends AutoCloseable {
  /** The shapes an answer has; the names are those of the HTTP API. */
  enum Type {
    SCALAR,
    STRING,
    VECTOR,
    MATRIX
  }

  Type type();

  List<String> warnings();

  List<String> infos();

  /** The text of a {@link Type#STRING}; empty otherwise. */
  String text();

  /** When an instant query was evaluated. */
  long timeMillis();

  /** Samples that were read for it; one that two selectors read counts twice. */
  long samplesRead();

  /** How long parsing and evaluation took. */
  long evaluationNanos();

  /** Visits the series in the order of the answer; a scalar is one series without labels. */
  void visit(SeriesVisitor visitor);

  @Override
  void close();

  /** Takes series. */
  interface SeriesVisitor {
    /**
     * Called once per series.
     *
     * @param samples the caller's again when this returns
     */
    void visit(Labels labels, SampleRun samples);
  }
}
