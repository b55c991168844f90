package io.varve.bench.load;

import com.sun.management.OperatingSystemMXBean;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Appends TSBS cpu-only data through the embedded API with fsync before every acknowledgement and
 * prints what a value cost: CPU of the whole process (generation measured apart and subtracted),
 * bytes on disk after a clean close, and bytes the process wrote.
 *
 * <p>{@code EngineLoad DIRECTORY [hosts] [hours] [rows per batch]}; the directory must be empty.
 */
public final class EngineLoad {
  private static final int BATCHES_IN_FLIGHT = 4;
  private static final long SEED = 123;

  private EngineLoad() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    int hosts = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
    int hours = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 24;
    int rowsPerBatch = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1000;
    run(directory, hosts, hours, rowsPerBatch, System.out);
  }

  private static void run(Path directory, int hosts, int hours, int rowsPerBatch, PrintStream out)
      throws IOException {
    long steps = hours * 3600L * 1_000_000_000L / CpuHosts.STEP_NANOS;
    long values = hosts * steps * CpuHosts.FIELDS.length;

    long generation = cpuNanos();
    load(new CpuHosts(hosts, SEED), steps, rowsPerBatch, null);
    generation = cpuNanos() - generation;

    long wallStart = System.nanoTime();
    long cpuStart = cpuNanos();
    long writtenStart = bytesWritten();
    try (Varve store = Varve.open(directory)) {
      Database database = store.createDatabase("bench", RetentionPolicy.of("autogen", 0));
      load(new CpuHosts(hosts, SEED), steps, rowsPerBatch, database);
      out.printf(
          "acknowledged %,d values in %.2f s: %,.0f k values/s%n",
          values,
          (System.nanoTime() - wallStart) / 1e9,
          values * 1e6 / (System.nanoTime() - wallStart));
    }
    double cpu = (cpuNanos() - cpuStart - generation) / (double) values;
    out.printf("CPU, all in (parse excepted): %.1f ns per value%n", cpu);
    out.printf("  of the generator, subtracted: %.1f ns per value%n", generation / (double) values);
    out.printf(
        "on disk after closing: %.3f bytes per value%n", bytesIn(directory) / (double) values);
    out.printf(
        "written by the process: %.2f bytes per value%n",
        (bytesWritten() - writtenStart) / (double) values);
  }

  /** Generates all batches; stores them unless the database is null. */
  private static void load(
      CpuHosts source, long steps, int rowsPerBatch, @Nullable Database database) {
    Deque<PointBatch> spare = new ArrayDeque<>();
    Deque<PointBatch> sent = new ArrayDeque<>();
    Deque<CompletableFuture<WriteResult>> answers = new ArrayDeque<>();
    for (int i = 0; i < BATCHES_IN_FLIGHT; i++) {
      spare.add(new PointBatch());
    }
    PointBatch batch = spare.remove();
    batch.clear();
    for (long step = 0; step < steps; step++) {
      for (int host = 0; host < source.hosts(); host++) {
        source.addRow(batch, host, step);
        boolean last = step == steps - 1 && host == source.hosts() - 1;
        if (batch.rowCount() < rowsPerBatch && !last) {
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

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Bytes this process has sent to the disk, as Linux counts them; 0 elsewhere. */
  private static long bytesWritten() throws IOException {
    Path io = Path.of("/proc/self/io");
    if (!Files.isReadable(io)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(io)) {
      return lines
          .filter(line -> line.startsWith("write_bytes: "))
          .mapToLong(line -> Long.parseLong(line.substring("write_bytes: ".length())))
          .sum();
    }
  }

  private static long bytesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
      return sum;
    }
  }
}
