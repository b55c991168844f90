package io.varve.query.promql.eval;

import io.varve.query.operator.BlockRun;
import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.eval.SampleSource.SampleBlock;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Reads blocks of series and evaluates a function of each, on the calling thread or with helpers.
 *
 * <p>With helpers, the results of a block are copied and handed on in the order of the blocks, so
 * that whoever takes them sees the same series in the same order on any number of threads. Results
 * of a few blocks are in memory at a time; they count for the budget.
 */
final class BlockReader {
  /** A chunk of samples ten seconds apart. */
  private static final long CHUNK_MILLIS = 3 * 3600 * 1000L;

  private static final int MAX_CHUNKS = 1024;

  /** Steps that cost about as much as opening and decoding a chunk. */
  private static final int STEPS_PER_CHUNK = 64;

  /** As many parts are worth waking a helper. */
  private static final long MIN_PARTS = 2;

  private static final int MAX_BLOCK_SERIES = 256;

  /** Results that a block may have, which bounds what waits for its turn. */
  private static final int MAX_BLOCK_VALUES = 1 << 18;

  private final SampleBudget budget;
  private final long unitsPerSeries;
  private final int steps;

  /**
   * A reader.
   *
   * @param spanMillis of the samples that are read
   * @param steps of each result
   */
  BlockReader(SampleBudget budget, long spanMillis, int steps) {
    this.budget = budget;
    this.steps = steps;
    long chunks = 1 + Math.max(0, Math.min(MAX_CHUNKS, spanMillis / CHUNK_MILLIS));
    this.unitsPerSeries = chunks + steps / STEPS_PER_CHUNK;
  }

  /** How many series blocks should have; the same whatever the number of threads. */
  int seriesPerBlock() {
    long byCost = budget.resources().partCost() / unitsPerSeries;
    long byMemory = MAX_BLOCK_VALUES / Math.max(1, steps);
    return (int) Math.max(1, Math.min(MAX_BLOCK_SERIES, Math.min(byCost, byMemory)));
  }

  /**
   * Hands the non-empty results to a sink.
   *
   * @param functions makes an instance for each thread
   */
  void read(List<SampleBlock> blocks, Supplier<SeriesFunction> functions, SeriesSink sink) {
    if (isWorthDividing(blocks)) {
      readDivided(blocks, functions, sink);
      return;
    }
    SeriesFunction function = functions.get();
    StepValues found = new StepValues();
    for (SampleBlock block : blocks) {
      readBlock(
          block,
          () -> false,
          (labels, samples) -> {
            function.evaluate(labels, samples, found);
            if (!found.isEmpty()) {
              sink.accept(labels, found);
            }
          });
    }
  }

  private boolean isWorthDividing(List<SampleBlock> blocks) {
    if (budget.resources().workers() == 1 || blocks.size() < 2) {
      return false;
    }
    long series = 0;
    for (SampleBlock block : blocks) {
      series += block.seriesCount();
    }
    return series * unitsPerSeries >= MIN_PARTS * budget.resources().partCost();
  }

  private void readDivided(
      List<SampleBlock> blocks, Supplier<SeriesFunction> functions, SeriesSink sink) {
    Queue<SeriesFunction> idle = new ConcurrentLinkedQueue<>();
    try (BlockRun<Results> run =
        new BlockRun<>(
            budget.resources(),
            blocks.size(),
            false,
            (block, stopped) -> {
              SeriesFunction free = idle.poll();
              SeriesFunction function = free == null ? functions.get() : free;
              Results results = evaluate(blocks.get(block), function, stopped);
              idle.add(function);
              return results;
            })) {
      for (int i = 0; i < blocks.size(); i++) {
        try (Results results = run.take()) {
          for (StepSeries series : results.series) {
            sink.accept(series.labels(), series.values());
          }
        }
      }
    }
  }

  private Results evaluate(SampleBlock block, SeriesFunction function, BooleanSupplier stopped) {
    Results results = new Results(budget.hold());
    StepValues[] next = {new StepValues()};
    readBlock(
        block,
        stopped,
        (labels, samples) -> {
          StepValues found = next[0];
          function.evaluate(labels, samples, found);
          if (!found.isEmpty()) {
            results.add(labels, found);
            next[0] = new StepValues();
          }
        });
    return results;
  }

  private void readBlock(
      SampleBlock block, BooleanSupplier stopped, SampleSource.SampleVisitor visitor) {
    try (SampleBudget.Hold buffers = budget.hold()) {
      buffers.takeSteps(steps);
      block.read(
          visitor,
          samples -> {
            if (stopped.getAsBoolean()) {
              throw new PromException(PromException.Kind.CANCELED, "query was canceled");
            }
            buffers.growReading(samples + steps);
          });
    }
  }

  /** The results of a block. */
  private static final class Results implements AutoCloseable {
    private final SampleBudget.Hold hold;
    private final List<StepSeries> series = new ArrayList<>();

    Results(SampleBudget.Hold hold) {
      this.hold = hold;
    }

    void add(Labels labels, StepValues values) {
      hold.takeSeries(values);
      series.add(new StepSeries(labels, values));
    }

    @Override
    public void close() {
      hold.close();
    }
  }
}
