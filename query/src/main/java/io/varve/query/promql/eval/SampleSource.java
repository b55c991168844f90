package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.function.Condenser;
import io.varve.query.promql.function.Samples;
import java.util.List;

/** Where selectors get their samples from: one snapshot of a store. Thread-safe. */
public interface SampleSource {
  /**
   * The series that meet all matchers and may have samples in {@code (after, upTo]}.
   *
   * @param keepStale whether samples that mark a series as stale are wanted, too
   * @param condenser which runs of samples need not be handed on one by one; it may be done anyway
   * @param seriesPerBlock about how many series a block is to have, at least 1
   */
  Selection select(
      List<LabelMatcher> matchers,
      long afterMillis,
      long upToMillis,
      boolean keepStale,
      Condenser condenser,
      int seriesPerBlock);

  /**
   * Series in blocks that can be read one by one, by any thread.
   *
   * @param mayRepeat whether several series may have the same labels; then the first of them is
   *     meant
   */
  record Selection(List<SampleBlock> blocks, boolean mayRepeat) {}

  /** Some of the selected series. For one thread at a time. */
  interface SampleBlock {
    int seriesCount();

    /** Reads the samples of the block, series by series. */
    void read(SampleVisitor visitor, Room room);
  }

  /** Says whether reading may go on. */
  @FunctionalInterface
  interface Room {
    /**
     * Called for every batch, before buffers grow; throws to end the reading.
     *
     * @param samples what the buffers of the block are to hold
     */
    void ensure(long samples);
  }

  /** Takes the samples of a block. */
  @FunctionalInterface
  interface SampleVisitor {
    /** Called once per series; the samples are the source's again when this returns. */
    void visit(Labels labels, Samples samples);
  }
}
