package io.varve.server;

import io.varve.query.QueryLimits;
import io.varve.query.QueryResources;
import io.varve.query.RunningQueryLimits;
import picocli.CommandLine.Option;

/** What queries may take: options that all ways to run a server share. */
final class QuerySettings {
  private static final long MIB = 1 << 20;
  private static final QueryLimits DEFAULTS = QueryLimits.defaults();

  @Option(
      names = "--max-concurrent-queries",
      paramLabel = "N",
      description =
          "Queries at once beyond which one more is an error; 0 for no limit (default:"
              + " ${DEFAULT-VALUE}).")
  int maxConcurrentQueries;

  @Option(
      names = "--query-timeout",
      paramLabel = "SECONDS",
      description = "How long a query may run; 0 for ever (default: ${DEFAULT-VALUE}).")
  double queryTimeoutSeconds;

  @Option(
      names = "--log-queries-after",
      paramLabel = "SECONDS",
      description = "Log queries that run longer; 0 for never (default: ${DEFAULT-VALUE}).")
  double logQueriesAfterSeconds;

  @Option(
      names = "--max-select-point",
      paramLabel = "N",
      description = "Rows a SELECT may read; 0 for no limit (default: ${DEFAULT-VALUE}).")
  long maxSelectPoints = DEFAULTS.maxSelectPoints();

  @Option(
      names = "--max-select-series",
      paramLabel = "N",
      description = "Series a SELECT may read (default: ${DEFAULT-VALUE}).")
  long maxSelectSeries = DEFAULTS.maxSelectSeries();

  @Option(
      names = "--max-select-buckets",
      paramLabel = "N",
      description = "Windows of a series of an answer (default: ${DEFAULT-VALUE}).")
  long maxSelectBuckets = DEFAULTS.maxSelectBuckets();

  @Option(
      names = "--max-select-memory-mib",
      paramLabel = "MIB",
      description = "Memory for the state of a SELECT (default: ${DEFAULT-VALUE}).")
  long maxSelectMemoryMib = DEFAULTS.maxStateBytes() / MIB;

  @Option(
      names = "--max-query-memory-mib",
      paramLabel = "MIB",
      description =
          "Memory for the state of all queries together; 0 for a quarter of the heap (default:"
              + " ${DEFAULT-VALUE}).")
  long maxQueryMemoryMib;

  @Option(
      names = "--query-workers",
      paramLabel = "N",
      description = "Threads that may work on one query; 0 for as many as cores (default: 0).")
  int workers;

  QueryLimits limits() {
    return new QueryLimits(
        maxSelectBuckets, maxSelectSeries, maxSelectMemoryMib * MIB, maxSelectPoints);
  }

  RunningQueryLimits running() {
    return new RunningQueryLimits(
        maxConcurrentQueries, nanos(queryTimeoutSeconds), nanos(logQueriesAfterSeconds));
  }

  QueryResources resources() {
    Runtime machine = Runtime.getRuntime();
    return new QueryResources(
        workers > 0 ? workers : machine.availableProcessors(),
        maxQueryMemoryMib > 0 ? maxQueryMemoryMib * MIB : machine.maxMemory() / 4);
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }
}
