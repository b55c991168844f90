package io.varve.server;

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
      names = "--max-concurrent-queries",
      paramLabel = "N",
      description = "Queries that run at once (default: ${DEFAULT-VALUE}).")
  int maxConcurrentQueries = HttpOptions.defaults().queryThreads();

  @Option(
      names = "--max-queued-queries",
      paramLabel = "N",
      description = "Queries that may wait for their turn (default: ${DEFAULT-VALUE}).")
  int maxQueuedQueries = HttpOptions.defaults().maxQueuedQueries();

  HttpOptions http() {
    return HttpOptions.defaults()
        .withAddress(host, port)
        .withLimits(maxConnections, maxBodyBytes, maxConcurrentQueries, maxQueuedQueries);
  }
}
