package io.varve.bench.load;

import com.google.re2j.Pattern;
import com.sun.management.OperatingSystemMXBean;
import io.varve.storage.Database;
import io.varve.storage.SeriesReader;
import io.varve.storage.StoreStats;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Creates many series through the embedded API and prints what they cost: series per second, heap
 * after a collection, resident memory; then the time to open the store after {@code kill -9} and
 * after a clean close, the latency of selections, and of dropping the measurement.
 *
 * <p>{@code SeriesLoad DIRECTORY [series] [10|2 tags] [rows per series]}; the directory must be
 * empty. Each phase is a process of its own with the options of this one, such as {@code -Xmx1g}.
 */
public final class SeriesLoad {
  private static final int ROWS_PER_BATCH = 5_000;
  private static final int BATCHES_IN_FLIGHT = 4;
  private static final int REPEATS = 5;
  private static final long MEMORY_BUDGET_BYTES = 768 << 20;
  private static final String READY = "ready";

  private final Path directory;
  private final int seriesCount;
  private final boolean allTags;
  private final int rows;
  private final PrintStream out;

  private SeriesLoad(String[] arguments, PrintStream out) {
    directory = Path.of(arguments[0]);
    seriesCount = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    allTags = arguments.length <= 2 || Integer.parseInt(arguments[2]) > 2;
    rows = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 3;
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    SeriesLoad load = new SeriesLoad(arguments, System.out);
    switch (arguments.length > 4 ? arguments[4] : "all") {
      case "create" -> load.create();
      case "select" -> load.select(false);
      case "drop" -> load.select(true);
      default -> load.runAll();
    }
  }

  private void runAll() throws IOException, InterruptedException {
    out.printf("%,d series, %d tags, %d rows each%n", seriesCount, allTags ? 10 : 2, rows);
    out.println("-- create, then kill -9");
    phase("create");
    out.println("-- open after kill -9");
    phase("select");
    out.println("-- open after a clean close");
    phase("drop");
  }

  /** Runs a phase in a process of its own, which is killed as soon as it says that it is ready. */
  private void phase(String name) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SeriesLoad.class.getName());
    command.add(directory.toString());
    command.add(Integer.toString(seriesCount));
    command.add(allTags ? "10" : "2");
    command.add(Integer.toString(rows));
    command.add(name);
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader lines = child.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(READY)) {
          child.destroyForcibly();
          break;
        }
        out.println(line);
      }
    }
    child.waitFor();
  }

  private void create() {
    long generation = cpuNanos();
    PointBatch scratch = new PointBatch();
    write(
        scratch,
        batch -> {
          batch.clear();
          return batch;
        });
    generation = cpuNanos() - generation;
    Varve store = Varve.open(directory, options());
    Database database = store.createDatabase("bench", RetentionPolicy.of("autogen", 0));
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    Deque<PointBatch> sent = new ArrayDeque<>();
    Deque<CompletableFuture<WriteResult>> answers = new ArrayDeque<>();
    write(
        scratch,
        batch -> {
          sent.add(batch);
          answers.add(database.write(null, batch));
          if (answers.size() < BATCHES_IN_FLIGHT) {
            return new PointBatch();
          }
          await(answers);
          PointBatch next = sent.remove();
          next.clear();
          return next;
        });
    while (!answers.isEmpty()) {
      await(answers);
    }
    double seconds = (System.nanoTime() - wall) / 1e9;
    out.printf(
        "created in %.2f s: %,.0f series/s, %,.0f rows/s; CPU %.2f us per row (generator"
            + " subtracted)%n",
        seconds,
        seriesCount / seconds,
        (double) seriesCount * rows / seconds,
        (cpuNanos() - cpu - generation) / 1e3 / seriesCount / rows);
    sent.clear();
    printMemory(store);
    out.println(READY);
    out.flush();
    LockSupport.park();
  }

  private interface Sink {
    /** Takes a batch and gives an empty one. */
    PointBatch take(PointBatch batch);
  }

  /** Makes all rows, a step of all series at a time. */
  private void write(PointBatch first, Sink sink) {
    SeriesKeys keys = new SeriesKeys(allTags);
    PointBatch batch = first;
    for (int row = 0; row < rows; row++) {
      for (int host = 0; host < seriesCount; host++) {
        keys.addRow(batch, host, CpuHosts.START_NANOS + row * CpuHosts.STEP_NANOS, host + row);
        if (batch.rowCount() == ROWS_PER_BATCH || host == seriesCount - 1) {
          batch = sink.take(batch);
        }
      }
    }
  }

  private static void await(Deque<CompletableFuture<WriteResult>> answers) {
    WriteResult result = answers.remove().join();
    if (result.droppedRows() > 0) {
      throw new IllegalStateException("rows were dropped: " + result.reason());
    }
  }

  private void select(boolean dropAtEnd) {
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    Varve store = Varve.open(directory, options());
    out.printf(
        "opened in %.2f s, CPU %.2f s%n",
        (System.nanoTime() - wall) / 1e9, (cpuNanos() - cpu) / 1e9);
    printMemory(store);
    Database database = store.database("bench");
    if (database == null) {
      throw new IllegalStateException("the database is gone");
    }
    int last = seriesCount - 1;
    try (SeriesReader reader = database.reader(null)) {
      TagPredicate region = new TagPredicate.Equals("region", SeriesKeys.region(last));
      measure(
          "hostname = x", reader, new TagPredicate.Equals("hostname", SeriesKeys.hostname(last)));
      if (allTags) {
        measure("region = x AND os = y", reader, and(region, "os", SeriesKeys.os(last)));
        measure(
            "rack = x AND hostname =~ /[0-9]7$/",
            reader,
            new TagPredicate.And(
                List.of(new TagPredicate.Equals("rack", "7"), matches("[0-9]7$"))));
      }
      measure("hostname =~ /^host_99/", reader, matches("^host_99"));
      measure("hostname =~ /[0-9]7$/", reader, matches("[0-9]7$"));
      measure(
          "region = x AND hostname =~ /[0-9]7$/",
          reader,
          new TagPredicate.And(List.of(region, matches("[0-9]7$"))));
      print("SHOW TAG VALUES hostname", () -> reader.tagValues("cpu", "hostname").size());
      print("SHOW TAG VALUES region", () -> reader.tagValues("cpu", "region").size());
    }
    printMemory(store);
    if (dropAtEnd) {
      long start = System.nanoTime();
      int dropped = database.dropSeries("cpu", new TagPredicate.All());
      out.printf("dropped %,d series in %.2f s%n", dropped, (System.nanoTime() - start) / 1e9);
    }
    long start = System.nanoTime();
    store.close();
    out.printf("closed in %.2f s%n", (System.nanoTime() - start) / 1e9);
  }

  private static TagPredicate and(TagPredicate first, String key, String value) {
    return new TagPredicate.And(List.of(first, new TagPredicate.Equals(key, value)));
  }

  private static TagPredicate matches(String pattern) {
    return new TagPredicate.Matches("hostname", Pattern.compile(pattern));
  }

  private void measure(String name, SeriesReader reader, TagPredicate predicate) {
    print(name, () -> reader.select("cpu", predicate, TimeRange.ALL).length);
  }

  /** Prints what the first run took and the best of the following ones. */
  private void print(String name, IntSupplier action) {
    long start = System.nanoTime();
    int found = action.getAsInt();
    long first = System.nanoTime() - start;
    long best = Long.MAX_VALUE;
    for (int i = 0; i < REPEATS; i++) {
      start = System.nanoTime();
      int again = action.getAsInt();
      best = Math.min(best, System.nanoTime() - start);
      if (again != found) {
        throw new IllegalStateException(name + " found " + found + ", then " + again);
      }
    }
    out.printf(
        "%-40s %,10d found; first %8.3f ms, then %8.3f ms%n", name, found, first / 1e6, best / 1e6);
  }

  private void printMemory(Varve store) {
    StoreStats stats = store.stats();
    long heap = heapBytes();
    out.printf(
        "heap after GC %.1f MiB (%.0f bytes per series), of it counted as head %.1f MiB; resident"
            + " %.1f MiB; cache and memtables %.1f MiB%n",
        heap / 1048576.0,
        (double) heap / seriesCount,
        stats.headBytes() / 1048576.0,
        residentKib() / 1024.0,
        stats.cacheBytes() / 1048576.0);
  }

  private VarveOptions options() {
    return VarveOptions.defaults()
        .withMemoryBudgetBytes(MEMORY_BUDGET_BYTES)
        .withLimits(2L * seriesCount, 2L * seriesCount);
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Resident memory of this process as Linux counts it; 0 elsewhere. */
  private static long residentKib() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return 0;
  }
}
