package io.varve.query.promql.eval;

import io.varve.query.operator.BlockRun;
import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.eval.SampleSource.SampleBlock;
import io.varve.query.promql.eval.SampleSource.SampleSink;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * Reads blocks of series and evaluates a function of each, on the calling thread or with helpers.
 *
 * <p>With helpers, the results of a block are copied and handed on in the order of the blocks, so
 * that whoever takes them sees the same series in the same order on any number of threads. Results
 * of a few blocks are in memory at a time, in tables that go round; they count for the budget.
 */
final class BlockReader {
  /** A chunk of samples ten seconds apart. */
  private static final long CHUNK_MILLIS = 3 * 3600 * 1000L;

  private static final int MAX_CHUNKS = 1024;

  /** Steps that cost about as much as opening and decoding a chunk. */
  private static final int STEPS_PER_CHUNK = 256;

  /** As many parts are worth waking a helper. */
  private static final long MIN_PARTS = 2;

  private static final int MAX_BLOCK_SERIES = 512;

  /** Results that a block may have, which bounds what waits for its turn. */
  private static final int MAX_BLOCK_VALUES = 1 << 18;

  private final SampleBudget budget;
  private final Annotations annotations;
  private final long unitsPerSeries;
  private final int steps;

  /**
   * A reader.
   *
   * @param spanMillis of the samples that are read
   * @param steps of each result
   */
  BlockReader(SampleBudget budget, Annotations annotations, long spanMillis, int steps) {
    this.budget = budget;
    this.annotations = annotations;
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

  /** Hands the non-empty results to a sink. */
  void read(List<SampleBlock> blocks, SeriesFunction function, SeriesSink sink) {
    if (isWorthDividing(blocks)) {
      readDivided(blocks, function, sink);
      return;
    }
    Columns columns = new Columns(function);
    for (SampleBlock block : blocks) {
      readBlock(block, () -> false, columns, sink);
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

  private void readDivided(List<SampleBlock> blocks, SeriesFunction function, SeriesSink sink) {
    Queue<Columns> idle = new ConcurrentLinkedQueue<>();
    Queue<SeriesTable> handedOn = new ConcurrentLinkedQueue<>();
    StepValues buffer = new StepValues();
    try (BlockRun<SeriesTable> run =
        new BlockRun<>(
            budget.resources(),
            blocks.size(),
            false,
            (block, stopped) -> {
              Columns free = idle.poll();
              Columns columns = free == null ? new Columns(function) : free;
              SeriesTable used = handedOn.poll();
              SeriesTable results = used == null ? new SeriesTable(budget) : used;
              readBlock(blocks.get(block), stopped, columns, results);
              idle.add(columns);
              return results;
            })) {
      for (int i = 0; i < blocks.size(); i++) {
        SeriesTable results = run.take();
        results.sendTo(sink, buffer);
        results.close();
        handedOn.add(results);
      }
    }
  }

  private void readBlock(
      SampleBlock block, BooleanSupplier stopped, Columns columns, SeriesSink results) {
    try (SampleBudget.Hold buffers = budget.hold()) {
      columns.restart(results);
      block.read(
          () -> {
            buffers.takeSteps(steps);
            return columns.next();
          },
          samples -> {
            if (stopped.getAsBoolean()) {
              throw new PromException(PromException.Kind.CANCELED, "query was canceled");
            }
            buffers.growReading(samples + columns.heldSamples() + steps);
          });
    }
  }

  /** The functions of the metrics that are read together; for one thread at a time. */
  private final class Columns {
    private final SeriesFunction function;
    private final List<Column> columns = new ArrayList<>();
    private int used;
    private SeriesSink filtered = (labels, values) -> {};

    Columns(SeriesFunction function) {
      this.function = function;
    }

    void restart(SeriesSink results) {
      used = 0;
      filtered = function.filter().in(results);
    }

    SampleSink next() {
      if (used == columns.size()) {
        columns.add(new Column(this));
      }
      return columns.get(used++);
    }

    long heldSamples() {
      long held = 0;
      for (int i = 0; i < used; i++) {
        held += columns.get(i).instance.heldSamples();
      }
      return held;
    }
  }

  /** The function of one metric. */
  private final class Column implements SampleSink {
    private final Columns columns;
    private final RangeFunction instance;
    private final StepValues found = new StepValues();

    Column(Columns columns) {
      this.columns = columns;
      this.instance = columns.function.instances().get();
    }

    @Override
    public void begin() {
      instance.begin(columns.function.windows(), columns.function.parameters(), found);
    }

    @Override
    public void add(SampleBatch batch) {
      instance.add(batch);
    }

    @Override
    public void end(Labels labels) {
      instance.finish();
      pass(labels);
    }

    @Override
    public void all(Labels labels, Samples samples) {
      SeriesFunction function = columns.function;
      instance.evaluate(samples, function.windows(), function.parameters(), found);
      pass(labels);
    }

    private void pass(Labels labels) {
      annotations.remark(instance.takeRemarks(), labels, columns.function.position());
      if (!found.isEmpty()) {
        columns.filtered.accept(labels, found);
      }
    }
  }
}
