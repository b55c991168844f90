package io.varve.bench.micro;

import io.varve.bench.tsbs.DevopsRows;
import io.varve.bench.tsbs.RowShape;
import io.varve.query.QueryEngine;
import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;
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
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
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
 * Queries over 100 hosts of TSBS's cpu-only data, 12 hours in chunks, from the text to the last
 * block of the answer, without HTTP and JSON; time per query.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class InfluxQlQueryBenchmark {
  private static final int HOSTS = 100;
  private static final int STEPS = 12 * 360;
  private static final String HOUR =
      "time >= '2016-01-01T03:00:00Z' AND time < '2016-01-01T04:00:00Z'";

  /** What is asked, after TSBS's types. */
  public enum Query {
    /** One field of one host by minute. */
    SINGLE_GROUPBY(
        "SELECT max(usage_user) FROM cpu WHERE hostname = 'host_7' AND "
            + HOUR
            + " GROUP BY time(1m)"),
    /** All hosts by hour, so that chunks may answer from their headers. */
    DOUBLE_GROUPBY("SELECT mean(usage_user) FROM cpu GROUP BY time(1h), hostname"),
    /** The same of another function, for which every value counts. */
    DOUBLE_GROUPBY_STDDEV("SELECT stddev(usage_user) FROM cpu GROUP BY time(1h), hostname"),
    /** A filter over one field, rows of all. */
    HIGH_CPU("SELECT * FROM cpu WHERE usage_user > 90 AND " + HOUR),
    /** The newest row of each host. */
    LASTPOINT("SELECT * FROM cpu GROUP BY hostname ORDER BY time DESC LIMIT 1");

    private final String text;

    Query(String text) {
      this.text = text;
    }
  }

  @Param public Query query = Query.SINGLE_GROUPBY;

  private Path directory = Path.of(".");
  private @Nullable Varve store;
  private @Nullable QueryEngine engine;

  /** Writes the rows. */
  @Setup(Level.Trial)
  public void fill() throws IOException {
    directory = Files.createTempDirectory("influxql-query");
    Varve opened = Varve.open(directory, VarveOptions.defaults().withDurability(Durability.NONE));
    store = opened;
    Database database = opened.createDatabase("bench", RetentionPolicy.of("autogen", 0));
    DevopsRows rows = DevopsRows.cpuOnly(HOSTS, 1);
    PointBatch batch = new PointBatch();
    double[] values = new double[10];
    for (int step = 0; step < STEPS; step++) {
      for (int row = 0; row < HOSTS; row++) {
        RowShape shape = rows.shapes().get(row);
        rows.next(row, values);
        batch.beginRow(SeriesKey.of(shape.measurement(), shape.tags()));
        for (int i = 0; i < values.length; i++) {
          batch.add(shape.fields().get(i), (long) values[i]);
        }
        batch.endRow(rows.timeNanos(row, step));
      }
      if (step % 60 == 59) {
        database.write(null, batch).join();
        batch.clear();
      }
    }
    opened.checkpoint();
    engine = new QueryEngine(opened, Clock.systemUTC());
  }

  /** Removes them. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    Objects.requireNonNull(store).close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One query; the number of rows of its answer. */
  @Benchmark
  public long query() {
    QueryOptions options = new QueryOptions("bench", null, Map.of(), true, () -> false);
    long rows = 0;
    try (ResultCursor answer = Objects.requireNonNull(engine).influxQl(query.text, options)) {
      while (answer.nextStatement()) {
        while (answer.nextSeries()) {
          while (answer.nextBlock()) {
            rows += answer.block().rowCount();
          }
        }
        if (answer.error() != null) {
          throw new IllegalStateException(answer.error());
        }
      }
    }
    return rows;
  }
}
