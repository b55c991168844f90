package io.varve.bench.micro;

import io.varve.storage.Column;
import io.varve.storage.ColumnStats;
import io.varve.storage.ScanSpec;
import io.varve.storage.chunk.ChunkEncoder;
import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import io.varve.storage.read.ChunkIterator;
import io.varve.storage.read.SeriesScan;
import io.varve.storage.read.ShardSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * What a scan adds to decoding: 100 row groups of one series with ten fields, from arrays instead
 * of RocksDB. Times are per value.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScanBenchmark {
  private static final int FIELDS = 10;
  private static final int GROUPS = 100;
  private static final int VALUES = FIELDS * GROUPS * RowGroup.MAX_ROWS;
  private static final long STEP_NANOS = 10_000_000_000L;

  /** Whether every other row group lies between the rows of the one before. */
  @Param({"false", "true"})
  public boolean overlapping;

  private final byte[][][] chunks = new byte[FIELDS][GROUPS][];
  private final long[] firsts = new long[GROUPS];
  private ScanSpec spec = new ScanSpec(new int[0], new int[0], TimeRange.ALL, false);

  @Setup
  public void encodeAll() {
    SplittableRandom random = new SplittableRandom(1);
    ChunkEncoder encoder = new ChunkEncoder();
    long[] times = new long[RowGroup.MAX_ROWS];
    int[] fieldIds = new int[FIELDS];
    for (int g = 0; g < GROUPS; g++) {
      firsts[g] = STEP_NANOS * RowGroup.MAX_ROWS * g;
      if (overlapping && (g & 1) == 1) {
        firsts[g] = firsts[g - 1] + STEP_NANOS / 2;
      }
      for (int i = 0; i < times.length; i++) {
        times[i] = firsts[g] + i * STEP_NANOS;
      }
      encoder.times(times, times.length);
      for (int f = 0; f < FIELDS; f++) {
        fieldIds[f] = f + 1;
        ColumnData column = new ColumnData(f + 1, FieldType.FLOAT);
        column.bits = new long[times.length];
        double value = 50;
        for (int i = 0; i < times.length; i++) {
          value += random.nextInt(-3, 4);
          column.bits[i] = Double.doubleToRawLongBits(value);
        }
        chunks[f][g] = encoder.encode(column, 0);
      }
    }
    spec = new ScanSpec(new int[] {1}, fieldIds, TimeRange.ALL, false);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public double sumOfValues() {
    double sum = 0;
    try (SeriesScan scan = new SeriesScan(spec, List.of(new ArrayShard()), () -> {})) {
      while (scan.nextSeries()) {
        while (scan.nextBatch()) {
          int rowCount = scan.batch().rowCount();
          for (int f = 0; f < FIELDS; f++) {
            double[] values = scan.batch().column(f).doubles();
            double a = 0;
            double b = 0;
            for (int i = 0; i + 1 < rowCount; i += 2) {
              a += values[i];
              b += values[i + 1];
            }
            sum += a + b;
          }
        }
      }
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public double sumOfStats() {
    double sum = 0;
    try (SeriesScan scan = new SeriesScan(spec, List.of(new ArrayShard()), () -> {})) {
      while (scan.nextSeries()) {
        while (scan.nextBatch()) {
          for (int f = 0; f < FIELDS; f++) {
            Column column = scan.batch().column(f);
            ColumnStats stats = column.stats();
            sum += stats == null ? 0 : Double.longBitsToDouble(stats.sumBits());
          }
        }
      }
    }
    return sum;
  }

  private final class ArrayShard implements ShardSource, ChunkIterator {
    private int field;
    private int group;
    private long to;

    @Override
    public TimeRange range() {
      return TimeRange.ALL;
    }

    @Override
    public boolean mayContain(int seriesId) {
      return true;
    }

    @Override
    public ChunkIterator chunks() {
      return this;
    }

    @Override
    public List<RowGroup> unsealedRows(int seriesId) {
      return List.of();
    }

    @Override
    public boolean seek(int seriesId, int fieldId, long fromTimestampNanos, long toTimestampNanos) {
      field = fieldId - 1;
      group = 0;
      while (group < GROUPS && firsts[group] < fromTimestampNanos) {
        group++;
      }
      to = toTimestampNanos;
      return group < GROUPS && firsts[group] <= to;
    }

    @Override
    public boolean next() {
      group++;
      return group < GROUPS && firsts[group] <= to;
    }

    @Override
    public boolean isOpened() {
      return false;
    }

    @Override
    public long firstTimestampNanos() {
      return firsts[group];
    }

    @Override
    public long sequence() {
      return group;
    }

    @Override
    public long keySalt() {
      return 0;
    }

    @Override
    public byte[] value() {
      return chunks[field][group].clone();
    }
  }
}
