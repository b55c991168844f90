package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.LabelMatcher;
import java.util.List;

/** Where selectors get their samples from: one snapshot of a store. Thread-safe. */
public interface SampleSource {
  /**
   * The series that meet all matchers and may have samples in {@code (after, upTo]}, in blocks that
   * can be read one by one, by any thread. No two series have the same labels.
   *
   * @param keepStale whether samples that mark a series as stale are wanted, too
   */
  List<SampleBlock> select(
      List<LabelMatcher> matchers, long afterMillis, long upToMillis, boolean keepStale);

  /** Some of the selected series. For one thread at a time. */
  interface SampleBlock {
    int seriesCount();

    /** Reads the samples of the block, series by series. */
    void read(SampleVisitor visitor);
  }

  /** Takes the samples of a block. */
  interface SampleVisitor {
    /** Called once per series; the samples are the source's again when this returns. */
    void visit(Labels labels, io.varve.query.promql.function.Samples samples);
  }
}
