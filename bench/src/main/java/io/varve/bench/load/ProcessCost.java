package io.varve.bench.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process has used up so far; the difference of two is what lay between them.
 *
 * @param cpuNanos of all threads
 * @param compilerNanos of those among them that compile bytecode; 0 where Linux's /proc is missing.
 *     Needs {@code -XX:-UseDynamicNumberOfCompilerThreads}, as threads that end take theirs along
 * @param writtenBytes sent to the disk, as Linux counts them; 0 elsewhere
 */
record ProcessCost(long wallNanos, long cpuNanos, long compilerNanos, long writtenBytes) {
  private static final long NANOS_PER_TICK = 10_000_000;

  static ProcessCost now() throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new ProcessCost(
        System.nanoTime(), system.getProcessCpuTime(), compilerNanosSoFar(), writtenBytesSoFar());
  }

  ProcessCost since(ProcessCost start) {
    return new ProcessCost(
        wallNanos - start.wallNanos,
        cpuNanos - start.cpuNanos,
        compilerNanos - start.compilerNanos,
        writtenBytes - start.writtenBytes);
  }

  private static long compilerNanosSoFar() throws IOException {
    Path tasks = Path.of("/proc/self/task");
    if (!Files.isDirectory(tasks)) {
      return 0;
    }
    long ticks = 0;
    try (Stream<Path> threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        if (name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler")) {
          String[] numbers = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          ticks += Long.parseLong(numbers[11]) + Long.parseLong(numbers[12]);
        }
      }
    }
    return ticks * NANOS_PER_TICK;
  }

  private static long writtenBytesSoFar() throws IOException {
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
}
