package io.varve.bench.load;

import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.WriteResult;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvOptions;
import io.varve.storage.kv.KvStore;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Appends generated data through the embedded API, with fsync before every acknowledgement, closes
 * the store, compacts it, and prints what a value cost: one row of the table whose head is {@link
 * #HEAD}.
 *
 * <p>CPU is that of the whole process, log, heads, chunks, flushes, closing and compaction, less
 * what it takes to fill the batches alone, which is measured apart. That of the JIT compiler is in
 * it and also given for itself: a fixed cost of some seconds, most of a short run. Unpacking the
 * native library comes before.
 *
 * <p>{@code EngineLoad head} prints the head; {@code EngineLoad DIRECTORY cpu|node [hosts] [hours]
 * [cold|warm]} runs in an empty directory. Warm means that the same load went through another store
 * in the same process before.
 */
public final class EngineLoad {
  private static final String HEAD =
      """
      | load | values | k values/s acknowledged | CPU ns/value | of it JIT | batches, not in it \
      | all files B/value | SST, compacted B/value | written B/value | written / logical \
      | written / SST |
      |---|---|---|---|---|---|---|---|---|---|---|
      """;

  private static final int BATCHES_IN_FLIGHT = 4;
  private static final int ROWS_PER_BATCH = 1000;
  private static final int LOGICAL_BYTES = 16;
  private static final long SEED = 123;

  private EngineLoad() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("head")) {
      System.out.print(HEAD);
      return;
    }
    Path directory = Path.of(arguments[0]);
    String kind = arguments.length > 1 ? arguments[1] : "cpu";
    int hosts = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
    int hours = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 24;
    boolean warm = arguments.length > 4 && arguments[4].equals("warm");
    EngineLoad load = new EngineLoad();
    Path before = directory.resolveSibling(directory.getFileName() + "-warm-up");
    try (Varve store = Varve.open(before)) {
      if (warm) {
        load.run(source(kind, hosts), hours, store.createDatabase("bench", forEver()));
      }
    }
    delete(before);
    String label = "%s, %d hosts, %d h, %s".formatted(kind, hosts, hours, warm ? "warm" : "cold");
    load.measure(label, directory, kind, hosts, hours, System.out);
  }

  private static LoadSource source(String kind, int hosts) {
    return switch (kind) {
      case "cpu" -> new CpuHosts(hosts, SEED);
      case "node" -> new NodeExporters(hosts, SEED);
      default -> throw new IllegalArgumentException("no load is called " + kind);
    };
  }

  /** Options with the clock at the end of the data, as if it had just come in. */
  private static VarveOptions live(LoadSource source, int hours) {
    Instant end = Instant.ofEpochSecond(0, source.startNanos()).plus(Duration.ofHours(hours));
    return VarveOptions.defaults().withClock(Clock.fixed(end, ZoneOffset.UTC));
  }

  private static RetentionPolicy forEver() {
    return RetentionPolicy.of("autogen", 0);
  }

  private void measure(
      String label, Path directory, String kind, int hosts, int hours, PrintStream out)
      throws IOException {
    // Twice: the first time compiles the generator, which is no part of what it costs.
    run(source(kind, hosts), hours, null);
    LoadSource again = source(kind, hosts);
    ProcessCost generation = ProcessCost.now();
    run(again, hours, null);
    generation = ProcessCost.now().since(generation);

    LoadSource source = source(kind, hosts);
    double values =
        (double) hours
            * 3_600_000_000_000L
            / source.stepNanos()
            * source.rowsPerStep()
            * source.valuesPerRow();
    ProcessCost start = ProcessCost.now();
    double acknowledgedNanos;
    try (Varve store = Varve.open(directory, live(source, hours))) {
      run(source, hours, store.createDatabase("bench", forEver()));
      acknowledgedNanos = ProcessCost.now().since(start).wallNanos();
    }
    double closed = bytesIn(directory, "") / values;
    compact(directory);
    ProcessCost cost = ProcessCost.now().since(start);
    double compacted = bytesIn(directory, ".sst") / values;
    double written = cost.writtenBytes() / values;
    out.printf(
        "| %s | %,.0f | %,.0f | %.0f | %.0f | %.0f | %.3f | %.3f | %.2f | %.2f | %.1f |%n",
        label,
        values,
        values * 1e6 / acknowledgedNanos,
        (cost.cpuNanos() - generation.cpuNanos()) / values,
        cost.compilerNanos() / values,
        generation.cpuNanos() / values,
        closed,
        compacted,
        written,
        written / LOGICAL_BYTES,
        written / compacted);
  }

  /** Generates all batches; stores them unless the database is null. */
  private void run(LoadSource source, int hours, @Nullable Database database) {
    Deque<PointBatch> spare = new ArrayDeque<>();
    Deque<PointBatch> sent = new ArrayDeque<>();
    Deque<CompletableFuture<WriteResult>> answers = new ArrayDeque<>();
    for (int i = 0; i < BATCHES_IN_FLIGHT; i++) {
      spare.add(new PointBatch());
    }
    PointBatch batch = spare.remove();
    long steps = hours * 3_600_000_000_000L / source.stepNanos();
    for (long step = 0; step < steps; step++) {
      for (int row = 0; row < source.rowsPerStep(); row++) {
        source.addRow(batch, row, step);
        boolean last = step == steps - 1 && row == source.rowsPerStep() - 1;
        if (batch.rowCount() < ROWS_PER_BATCH && !last) {
          continue;
        }
        if (database != null) {
          sent.add(batch);
          answers.add(database.write(null, batch));
          if (spare.isEmpty()) {
            awaitOldest(answers);
            spare.add(sent.remove());
          }
          batch = spare.remove();
        }
        batch.clear();
      }
    }
    while (!answers.isEmpty()) {
      awaitOldest(answers);
    }
  }

  private static void awaitOldest(Deque<CompletableFuture<WriteResult>> answers) {
    WriteResult result = answers.remove().join();
    if (result.droppedRows() > 0) {
      throw new IllegalStateException("rows were dropped: " + result.reason());
    }
  }

  private static void compact(Path directory) {
    KvOptions options = new KvOptions(KvOptions.MIN_MEMORY_BYTES, ChunkKeys.SHARD_PREFIX_BYTES, 2);
    try (KvStore store = KvStore.open(directory, options)) {
      store.compact(KvFamily.CHUNK);
    }
  }

  private static long bytesIn(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(suffix)) {
          continue;
        }
        sum += Files.size(file);
      }
      return sum;
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
