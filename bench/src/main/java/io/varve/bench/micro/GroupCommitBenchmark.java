package io.varve.bench.micro;

import io.varve.storage.Database;
import io.varve.storage.Durability;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a client waits for a write: ten rows of ten fields, into the log, to the device if durable,
 * and into the head; alone, and beside others with which it shares a sync.
 *
 * <p>The store lies where temporary files do; {@code -jvmArgsAppend -Djava.io.tmpdir=DIR} chooses
 * another device.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx2g")
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class GroupCommitBenchmark {
  private static final int ROWS = 10;
  private static final int FIELDS = 10;

  /** The store that all threads write to. */
  @State(Scope.Benchmark)
  public static class Store {
    /** Whether an acknowledged write is on the device. */
    @Param({"true", "false"})
    public boolean durable;

    private final AtomicInteger writers = new AtomicInteger();
    private Path directory = Path.of(".");
    private @Nullable Varve store;
    private @Nullable Database database;

    /** Opens an empty store. */
    @Setup(Level.Trial)
    public void open() throws IOException {
      directory = Files.createTempDirectory("group-commit");
      Durability durability = durable ? Durability.ALWAYS : Durability.NONE;
      Varve opened = Varve.open(directory, VarveOptions.defaults().withDurability(durability));
      store = opened;
      database = opened.createDatabase("bench", RetentionPolicy.of("autogen", 0));
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
      Objects.requireNonNull(store).close();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** A client with series of its own. */
  @State(Scope.Thread)
  public static class Writer {
    private final PointBatch batch = new PointBatch();
    private final SeriesKey[] keys = new SeriesKey[ROWS];
    private final String[] fields = new String[FIELDS];
    private long timeNanos = 1_700_000_000_000_000_000L;

    /** Names the series. */
    @Setup(Level.Trial)
    public void name(Store store) {
      int number = store.writers.getAndIncrement();
      for (int i = 0; i < ROWS; i++) {
        keys[i] = SeriesKey.of("cpu", Map.of("host", "host_" + number + "_" + i));
      }
      for (int i = 0; i < FIELDS; i++) {
        fields[i] = "usage_" + i;
      }
    }

    private WriteResult write(Store store) {
      batch.clear();
      timeNanos += 10_000_000_000L;
      for (SeriesKey key : keys) {
        batch.beginRow(key);
        for (int i = 0; i < FIELDS; i++) {
          batch.add(fields[i], timeNanos >>> (33 + i) & 127);
        }
        batch.endRow(timeNanos);
      }
      return Objects.requireNonNull(store.database).write(null, batch).join();
    }
  }

  /** One client at a time. */
  @Benchmark
  @Threads(1)
  public WriteResult oneWriter(Store store, Writer writer) {
    return writer.write(store);
  }

  /** One of sixteen. */
  @Benchmark
  @Threads(16)
  public WriteResult sixteenWriters(Store store, Writer writer) {
    return writer.write(store);
  }
}
