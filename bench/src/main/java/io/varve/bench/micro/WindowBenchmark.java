package io.varve.bench.micro;

import io.varve.query.function.Accumulator;
import io.varve.query.function.AggregateFunction;
import io.varve.query.function.DenseColumn;
import io.varve.query.function.RowRuns;
import io.varve.query.function.Vector;
import io.varve.query.function.WindowSpan;
import io.varve.query.operator.Windows;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * InfluxQL's aggregates over {@code GROUP BY time(...)}: batches of decoded values every 10 s are
 * cut at window borders and added up, in time per value. Decoding is in {@link ChunkBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WindowBenchmark {
  private static final int ROWS = ColumnBatch.MAX_ROWS;
  private static final int BATCHES = 16;
  private static final int VALUES = ROWS * BATCHES;
  private static final long STEP_NANOS = 10_000_000_000L;

  @Param({"COUNT", "MEAN", "MAX", "STDDEV", "PERCENTILE"})
  public AggregateFunction function = AggregateFunction.MEAN;

  /** Six are {@code time(1m)}, 360 are {@code time(1h)}. */
  @Param({"6", "360"})
  public int rowsPerWindow;

  private final Rows[] batches = new Rows[BATCHES];
  private final RowRuns runs = new RowRuns();
  private final DenseColumn column = new DenseColumn();
  private Windows windows = Windows.whole();
  private @Nullable Accumulator accumulator;
  private @Nullable WindowSpan span;
  private @Nullable Vector result;

  /** A batch of one float column without gaps. */
  private static final class Rows implements ColumnBatch, Column {
    private final long[] times = new long[ROWS];
    private final double[] values = new double[ROWS];

    Rows(int number, SplittableRandom random) {
      for (int i = 0; i < ROWS; i++) {
        times[i] = ((long) number * ROWS + i) * STEP_NANOS;
        values[i] = random.nextInt(10_000) / 100.0;
      }
    }

    @Override
    public int rowCount() {
      return ROWS;
    }

    @Override
    public long firstTimestampNanos() {
      return times[0];
    }

    @Override
    public long lastTimestampNanos() {
      return times[ROWS - 1];
    }

    @Override
    public long[] timestampsNanos() {
      return times;
    }

    @Override
    public Column column(int index) {
      return this;
    }

    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }

    @Override
    public boolean isAbsent() {
      return false;
    }

    @Override
    public long @Nullable [] presence() {
      return null;
    }

    @Override
    public double[] doubles() {
      return values;
    }

    @Override
    public long[] longs() {
      throw new IllegalStateException("a float column");
    }

    @Override
    public byte[][] strings() {
      throw new IllegalStateException("a float column");
    }

    @Override
    public @Nullable ColumnStats stats() {
      return null;
    }
  }

  /** Makes the batches. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < BATCHES; i++) {
      batches[i] = new Rows(i, random);
    }
    windows = Windows.tumbling(rowsPerWindow * STEP_NANOS, 0);
    Accumulator created = function.accumulator(FieldType.FLOAT, 95, false, bytes -> {});
    accumulator = created;
    span = new WindowSpan(List.of(created), count -> {});
    result = new Vector(created.type());
  }

  /** All batches of a series, then all results. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public Vector aggregate() {
    WindowSpan slots = Objects.requireNonNull(span);
    Accumulator state = Objects.requireNonNull(accumulator);
    Vector into = Objects.requireNonNull(result);
    slots.reset();
    for (Rows batch : batches) {
      windows.cut(batch, runs);
      column.load(batch, batch, null, runs);
      slots.include(runs.windows()[0], runs.windows()[runs.count() - 1]);
      state.add(column, slots);
    }
    for (long window = slots.first(); window <= slots.last(); window++) {
      state.read(slots.slot(window), into, 0);
    }
    return into;
  }
}
