package io.varve.bench.micro;

import io.varve.storage.ColumnStats;
import io.varve.storage.chunk.Chunk;
import io.varve.storage.chunk.ChunkEncoder;
import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.FieldType;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToDoubleFunction;
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

/** What a value costs on its way into a chunk and out of it. Times are per value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChunkBenchmark {
  private static final int ROWS = RowGroup.MAX_ROWS;

  /** Different chunks of a shape, so that branch predictors learn nothing by heart. */
  private static final int CHUNKS = 64;

  /** What the values look like. */
  public enum Shape {
    /** Whole percents, as in TSBS cpu-only. */
    PERCENT(0),
    /** A load average with two decimals. */
    LOAD(2),
    /** Bytes sent. */
    COUNTER(0),
    /** Temperatures of a scaled sensor with a stale marker here and there. */
    STALE(1),
    /** Full precision. */
    NOISE(15);

    private final int decimals;

    Shape(int decimals) {
      this.decimals = decimals;
    }

    private IntToDoubleFunction values(SplittableRandom random) {
      double[] at = {50};
      return switch (this) {
        case PERCENT -> i -> at[0] = Math.max(0, Math.min(100, at[0] + Math.rint(gauss(random))));
        case LOAD -> i -> at[0] = Math.rint(100 * (at[0] * 0.97 + 0.1 + 0.1 * gauss(random))) / 100;
        case COUNTER -> i -> at[0] += Math.rint(Math.exp(12 + gauss(random)));
        case STALE ->
            i -> random.nextInt(100) == 0 ? Double.NaN : Math.rint(200 + 10 * gauss(random)) / 10;
        case NOISE -> i -> 20 + random.nextDouble();
      };
    }

    private static double gauss(SplittableRandom random) {
      double sum = -6;
      for (int i = 0; i < 12; i++) {
        sum += random.nextDouble();
      }
      return sum;
    }
  }

  @Param public Shape shape = Shape.PERCENT;

  private final ChunkEncoder encoder = new ChunkEncoder();
  private final Chunk chunk = new Chunk();
  private final ColumnData[] columns = new ColumnData[CHUNKS];
  private final byte[][] encoded = new byte[CHUNKS][];
  private final double[] values = new double[ROWS];
  private final long[] times = new long[ROWS];
  private int next;

  @Setup
  public void encodeAll() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < ROWS; i++) {
      times[i] = 10_000_000_000L * i;
    }
    encoder.times(times, ROWS);
    IntToDoubleFunction source = shape.values(random);
    for (int c = 0; c < CHUNKS; c++) {
      columns[c] = new ColumnData(1, FieldType.FLOAT);
      columns[c].decimals = shape.decimals;
      columns[c].bits = new long[ROWS];
      for (int i = 0; i < ROWS; i++) {
        columns[c].bits[i] = Double.doubleToRawLongBits(source.applyAsDouble(i));
      }
      encoded[c] = encoder.encode(columns[c], c);
    }
  }

  private byte[] openNext() {
    next = (next + 1) & (CHUNKS - 1);
    byte[] bytes = encoded[next];
    chunk.open(bytes, 0, bytes.length, 0, next);
    return bytes;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public byte[] encode() {
    next = (next + 1) & (CHUNKS - 1);
    return encoder.encode(columns[next], next);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] decode() {
    openNext();
    chunk.decodeDoubles(values);
    return values;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double decodeAndSum() {
    openNext();
    chunk.decodeDoubles(values);
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < ROWS; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    return a + b + c + d;
  }

  /** Per chunk, not per value. */
  @Benchmark
  public long openForStats() {
    int length = openNext().length;
    ColumnStats stats = chunk.stats();
    return stats == null ? length : stats.sumBits();
  }
}
