package io.varve.server;

import io.varve.query.QueryEngine;
import io.varve.query.QueryLimits;
import io.varve.query.RunningQueryLimits;
import io.varve.server.http.HttpOptions;
import io.varve.server.http.HttpServer;
import io.varve.storage.Varve;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** A store and the server in front of it. Closed by whoever opened it: server first, then store. */
public final class RunningServer implements AutoCloseable {
  private final Varve store;
  private final HttpServer server;
  private final String host;

  private RunningServer(Varve store, HttpServer server, String host) {
    this.store = store;
    this.server = server;
    this.host = host;
  }

  /**
   * Opens the store and starts to serve it.
   *
   * @throws IOException if the address cannot be listened on
   * @throws io.varve.storage.StorageException if the store cannot be opened
   */
  public static RunningServer open(Path data, HttpOptions options) throws IOException {
    return open(data, options, RunningQueryLimits.none());
  }

  /** As the other {@code open}, with limits for all queries together. */
  public static RunningServer open(
      Path data, HttpOptions options, RunningQueryLimits runningQueries) throws IOException {
    Varve store = Varve.open(data);
    try {
      QueryEngine queries =
          new QueryEngine(store, Clock.systemUTC(), QueryLimits.defaults(), runningQueries);
      describe(queries, options);
      HttpServer server = HttpServer.start(store, queries::influxQl, options);
      return new RunningServer(store, server, options.host());
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static void describe(QueryEngine queries, HttpOptions options) {
    String version = RunningServer.class.getPackage().getImplementationVersion();
    queries.describe(
        "build", Map.of("Version", HttpServer.VERSION, "Varve", version == null ? "" : version));
    Map<String, Object> httpd = new LinkedHashMap<>();
    httpd.put("bind-address", options.host() + ":" + options.port());
    httpd.put("max-connection-limit", (long) options.maxConnections());
    httpd.put("max-body-size", (long) options.maxBodyBytes());
    httpd.put("query-threads", (long) options.queryThreads());
    httpd.put("max-enqueued-queries", (long) options.maxQueuedQueries());
    queries.describe("config-httpd", httpd);
  }

  public Varve store() {
    return store;
  }

  public HttpServer http() {
    return server;
  }

  /** Where clients reach the server, without a path. */
  public URI uri() {
    String address = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    String bracketed = address.contains(":") ? "[" + address + "]" : address;
    return URI.create("http://" + bracketed + ":" + server.port());
  }

  @Override
  public void close() {
    try {
      server.close();
    } finally {
      store.close();
    }
  }
}
