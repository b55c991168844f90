package io.varve.bench.load;

import io.varve.bench.micro.PromQueryBenchmark;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;

/**
 * What PromQL queries over stored counters cost in CPU time of the one thread that answers them,
 * which other processes disturb less than the clock on the wall: {@code PromQueryCost SERIES HOURS
 * QUERY...}. Prints the least and the median of many runs, and the least per stored sample, and the
 * bytes that one run allocates.
 */
public final class PromQueryCost {
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final int RUNS = 60;

  private PromQueryCost() {}

  /** Runs the queries in turn. */
  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    PromQueryBenchmark queries = new PromQueryBenchmark();
    queries.series = Integer.parseInt(args[0]);
    queries.hours = Integer.parseInt(args[1]);
    queries.workers = 1;
    long samples = 360L * queries.series * queries.hours;
    queries.fill();
    try {
      for (String query : Arrays.asList(args).subList(2, args.length)) {
        queries.query = query;
        long[] nanos = measure(queries);
        out.printf(
            Locale.ROOT,
            "%-32s %8.3f ms, median %8.3f, %6.2f ns/sample, %7.1f KiB%n",
            query,
            nanos[0] / 1e6,
            nanos[RUNS / 2] / 1e6,
            (double) nanos[0] / samples,
            allocatedBytes(queries) / 1024.0);
      }
    } finally {
      queries.remove();
    }
  }

  /** What a run allocates, of several the least. */
  private static long allocatedBytes(PromQueryBenchmark queries) {
    com.sun.management.ThreadMXBean threads =
        ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class);
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 10; run++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      queries.query();
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  /** CPU times of runs, ascending. */
  private static long[] measure(PromQueryBenchmark queries) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long end = threads.getCurrentThreadCpuTime() + WARM_UP_NANOS;
    while (threads.getCurrentThreadCpuTime() < end) {
      queries.query();
    }
    long[] nanos = new long[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long start = threads.getCurrentThreadCpuTime();
      queries.query();
      nanos[run] = threads.getCurrentThreadCpuTime() - start;
    }
    Arrays.sort(nanos);
    return nanos;
  }
}
