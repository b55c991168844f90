package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.function.Condenser;
import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.Samples;
import java.util.List;
import java.util.function.Supplier;

/** Where selectors get their samples from: one snapshot of a store. Thread-safe. */
public interface SampleSource {
  /**
   * The series that meet all matchers and may have samples in {@code (after, upTo]}.
   *
   * @param names of the metrics; if there are none, the matchers say which
   * @param keepStale whether samples that mark a series as stale are wanted, too
   * @param condenser which runs of samples need not be handed on one by one; it may be done anyway
   * @param seriesPerBlock about how many series a block is to have, at least 1
   */
  Selection select(
      List<String> names,
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
   * @param joint whether some metrics are read together, and all are of floats
   */
  record Selection(List<SampleBlock> blocks, boolean mayRepeat, boolean joint) {}

  /** Some of the selected series. For one thread at a time. */
  interface SampleBlock {
    int seriesCount();

    /**
     * Reads the samples of the block, series by series.
     *
     * @param sinks called for each metric of the block: its series go to a sink of its own
     */
    void read(Supplier<SampleSink> sinks, Room room);
  }

  /** Says whether reading may go on. */
  @FunctionalInterface
  interface Room {
    /**
     * Called for every batch, before buffers grow; throws to end the reading.
     *
     * @param samples what the buffers of the block are to hold, those of the sinks not counted
     */
    void ensure(long samples);
  }

  /** Takes the samples of series, one series after the other. */
  interface SampleSink {
    /** A series begins, or the same one again from its start. */
    void begin();

    /** The next floats of the series; the batch is the source's again when this returns. */
    void add(SampleBatch batch);

    /** The series is complete, and has at least one sample. */
    void end(Labels labels);

    /**
     * All samples of a series that may have histograms, in place of the other calls; they are the
     * source's again when this returns.
     */
    void all(Labels labels, Samples samples);
  }

  /** Takes all samples of a series at once. */
  @FunctionalInterface
  interface SampleVisitor {
    /** Called once per series; the samples are the caller's again when this returns. */
    void visit(Labels labels, Samples samples);
  }

  /** A sink that keeps the samples of a series until they are all there. */
  static SampleSink collecting(SampleVisitor visitor) {
    Samples samples = new Samples();
    return new SampleSink() {
      @Override
      public void begin() {
        samples.clear();
      }

      @Override
      public void add(SampleBatch batch) {
        samples.append(batch);
      }

      @Override
      public void end(Labels labels) {
        visitor.visit(labels, samples);
      }

      @Override
      public void all(Labels labels, Samples complete) {
        visitor.visit(labels, complete);
      }
    };
  }
}
