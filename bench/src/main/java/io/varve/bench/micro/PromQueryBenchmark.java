package io.varve.bench.micro;

import io.varve.query.QueryResources;
import io.varve.query.prometheus.PromEngine;
import io.varve.query.prometheus.PromRequest;
import io.varve.query.prometheus.PromResult;
import io.varve.query.prometheus.PromSettings;
import io.varve.storage.Database;
import io.varve.storage.Durability;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Range queries over a store: 1,000 counters of an hour at 10 s in chunks, 60 steps; time per
 * query. Put {@code -p workers=1} for one thread, {@code -p series=100 -p hours=24} for long ones.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class PromQueryBenchmark {
  private static final int SAMPLES_PER_HOUR = 360;
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;

  @Param({"sum by (region) (rate(x[5m]))", "x", "max_over_time(x[5m])", "rate(x[1m])"})
  public String query = "x";

  @Param({"1", "2"})
  public int workers;

  @Param("1000")
  public int series;

  /** How long the series are; the step is a minute for each. */
  @Param("1")
  public int hours;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private Path directory = Path.of(".");
  private @Nullable PromEngine engine;

  /** Writes the series. */
  @Setup(Level.Trial)
  public void fill() throws IOException {
    directory = Files.createTempDirectory("prom-query");
    Varve store = Varve.open(directory, VarveOptions.defaults().withDurability(Durability.NONE));
    opened.add(store);
    Database database = store.createDatabase("prometheus", RetentionPolicy.of("autogen", 0));
    SplittableRandom random = new SplittableRandom(1);
    PointBatch batch = new PointBatch();
    for (int s = 0; s < series; s++) {
      SeriesKey key =
          SeriesKey.of(
              "x", Map.of("instance", "host-" + s, "region", "region-" + s % 10, "job", "api"));
      double counter = 0;
      for (int i = 1; i <= SAMPLES_PER_HOUR * hours; i++) {
        counter += random.nextInt(100);
        batch.beginRow(key);
        batch.add("value", counter);
        batch.endRow((START_MILLIS + i * 10_000L) * 1_000_000);
      }
      database.write(null, batch).join();
      batch.clear();
    }
    store.checkpoint();
    engine =
        new PromEngine(store, PromSettings.defaults(), new QueryResources(workers, Long.MAX_VALUE));
  }

  /** Removes them. */
  @TearDown(Level.Trial)
  public void remove() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One query; the number of points of its answer. */
  @Benchmark
  public long query() {
    long step = MINUTE * hours;
    PromRequest request =
        new PromRequest(
            null, null, name -> true, 300_000, 0, () -> false, System.nanoTime() + 60_000_000_000L);
    long[] points = new long[1];
    try (PromResult result =
        Objects.requireNonNull(engine)
            .queryRange(query, START_MILLIS + step, START_MILLIS + 60 * step, step, request)) {
      result.visit((labels, samples) -> points[0] += samples.count());
    }
    return points[0];
  }
}
