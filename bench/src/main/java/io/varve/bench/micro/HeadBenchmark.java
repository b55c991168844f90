package io.varve.bench.micro;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.head.Moments;
import io.varve.storage.head.ShardHead;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Appending to the head, series after series as scrapes come in, and reading it back.
 *
 * <p>{@code append} is the time of one value, {@code snapshot} that of a series of 512 rows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadBenchmark {
  private static final int VALUES = 1_000_000;

  /** Series the values are spread over. */
  @Param({"1000", "40000"})
  public int series;

  /** Values per row; 0 stands for rows with five out of ten fields. */
  @Param({"1", "10", "0"})
  public int fields;

  private ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
  private final int[] fieldIds = new int[10];
  private final byte[] types = new byte[10];
  private final long[] bits = new long[10];
  private final byte[] decimals = new byte[10];
  private final byte[] arena = new byte[0];
  private long time;

  @Setup(Level.Iteration)
  public void fill() {
    head = new ShardHead(new Moments(Long.MAX_VALUE));
    for (int i = 0; i < 10; i++) {
      fieldIds[i] = i + 1;
    }
    Arrays.fill(types, (byte) FieldType.FLOAT.code());
    if (fields == 0) {
      for (int id = 0; id < series; id++) {
        head.append(id, 0, 10, fieldIds, types, bits, decimals, arena);
      }
      for (int i = 0; i < 5; i++) {
        fieldIds[i] = 2 * i + 1;
      }
    }
    for (time = 1; time < 8; time++) {
      appendOneRowPerSeries();
    }
  }

  private void appendOneRowPerSeries() {
    int count = fields == 0 ? 5 : fields;
    for (int id = 0; id < series; id++) {
      head.append(id, time, count, fieldIds, types, bits, decimals, arena);
    }
  }

  /** Full groups are dropped as a flusher would. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long append() {
    int count = fields == 0 ? 5 : fields;
    int rows = VALUES / count;
    int id = 0;
    for (int i = 0; i < rows; i++) {
      if (head.append(id, time, count, fieldIds, types, bits, decimals, arena)) {
        head.remove(id);
      }
      if (++id == series) {
        id = 0;
        time++;
      }
    }
    time++;
    if (head.bytes() > 500_000_000) {
      head = new ShardHead(new Moments(Long.MAX_VALUE));
    }
    return head.bytes();
  }

  /** A series of 512 rows, all columns. */
  @State(Scope.Thread)
  public static class FilledSeries {
    final ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));

    @Setup
    public void fill() {
      int[] fieldIds = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
      byte[] types = new byte[10];
      for (int time = 0; time < 512; time++) {
        head.append(1, time, 10, fieldIds, types, new long[10], types, types);
        head.append(2, time ^ 3, 10, fieldIds, types, new long[10], types, types);
      }
    }
  }

  @Benchmark
  public List<RowGroup> snapshotInOrder(FilledSeries filled) {
    return filled.head.snapshot(1);
  }

  @Benchmark
  public List<RowGroup> snapshotOutOfOrder(FilledSeries filled) {
    return filled.head.snapshot(2);
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(HeadBenchmark.class.getSimpleName()).build()).run();
  }
}
