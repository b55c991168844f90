package io.varve.server;

import io.varve.query.RunningQueryLimits;
import io.varve.server.http.HttpOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that all ways to run a server share. */
final class ServerOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where data is kept (default: ${DEFAULT-VALUE}).")
  Path data = Path.of("varve-data");

  @Option(names = "--host", description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      description = "Port to listen on; 0 lets the system choose (default: ${DEFAULT-VALUE}).")
  int port = 8086;

  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      description = "Largest body of a request (default: ${DEFAULT-VALUE}).")
  int maxBodyBytes = HttpOptions.defaults().maxBodyBytes();

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Most connections at once (default: ${DEFAULT-VALUE}).")
  int maxConnections = HttpOptions.defaults().maxConnections();

  @Option(
      names = "--query-threads",
      paramLabel = "N",
      description = "Queries that run at once; more wait (default: ${DEFAULT-VALUE}).")
  int queryThreads = HttpOptions.defaults().queryThreads();

  @Option(
      names = "--max-queued-queries",
      paramLabel = "N",
      description = "Queries that may wait for their turn (default: ${DEFAULT-VALUE}).")
  int maxQueuedQueries = HttpOptions.defaults().maxQueuedQueries();

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

  RunningQueryLimits runningQueries() {
    return new RunningQueryLimits(
        maxConcurrentQueries, nanos(queryTimeoutSeconds), nanos(logQueriesAfterSeconds));
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }

  HttpOptions http() {
    return HttpOptions.defaults()
        .withAddress(host, port)
        .withLimits(maxConnections, maxBodyBytes, queryThreads, maxQueuedQueries);
  }
}
