package io.varve.server;

import io.varve.query.ContinuousQueryService;
import io.varve.query.QueryEngine;
import io.varve.query.prometheus.PromEngine;
import io.varve.query.prometheus.PromSettings;
import io.varve.query.promql.Durations;
import io.varve.server.http.Authentication;
import io.varve.server.http.HttpOptions;
import io.varve.server.http.HttpServer;
import io.varve.server.http.InfluxQl;
import io.varve.server.metrics.ServerMetrics;
import io.varve.server.socket.TcpDoor;
import io.varve.server.socket.UdpDoor;
import io.varve.server.subscription.SubscriptionService;
import io.varve.storage.Varve;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store and the doors in front of it. Closed by whoever opened it: doors first, then store. */
public final class RunningServer implements AutoCloseable {
  private final Varve store;
  private final HttpServer server;
  private final ServerMetrics metrics;
  private final @Nullable TcpDoor tcp;
  private final @Nullable UdpDoor udp;
  private final @Nullable ContinuousQueryService continuousQueries;
  private final @Nullable SubscriptionService subscriptions;
  private final String host;

  private RunningServer(
      Varve store,
      HttpServer server,
      ServerMetrics metrics,
      @Nullable TcpDoor tcp,
      @Nullable UdpDoor udp,
      @Nullable ContinuousQueryService continuousQueries,
      @Nullable SubscriptionService subscriptions,
      String host) {
    this.store = store;
    this.server = server;
    this.metrics = metrics;
    this.continuousQueries = continuousQueries;
    this.subscriptions = subscriptions;
    this.tcp = tcp;
    this.udp = udp;
    this.host = host;
  }

  /** As the other {@code open}: HTTP alone, open to all, everything else as by default. */
  public static RunningServer open(Path data, HttpOptions options) throws IOException {
    return open(data, ServerSettings.onlyHttp(options));
  }

  /**
   * Opens the store and starts to serve it.
   *
   * @throws IOException if an address cannot be listened on
   * @throws io.varve.storage.StorageException if the store cannot be opened
   */
  static RunningServer open(Path data, ServerSettings settings) throws IOException {
    DoorOptions doors = settings.doors();
    AccessOptions access = settings.access();
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      Varve store = Varve.open(data, settings.store().options());
      opened.push(store);
      ServerMetrics metrics = new ServerMetrics();
      Clock clock = Clock.systemUTC();
      QuerySettings limits = settings.queries();
      QueryEngine queries =
          new QueryEngine(store, clock, limits.limits(), limits.running(), limits.resources());
      describe(queries, doors.http(), settings.prometheus());
      PromEngine promEngine = new PromEngine(store, settings.prometheus(), queries);
      HttpServer server =
          access.auth
              ? HttpServer.start(
                  store,
                  new Authentication(queries, access.sharedSecret, clock),
                  promEngine,
                  doors.http(),
                  metrics)
              : HttpServer.start(store, InfluxQl.of(queries), promEngine, doors.http(), metrics);
      opened.push(server);
      SubscriptionService subscriptions =
          access.noSubscriptions ? null : SubscriptionService.start(store, metrics);
      if (subscriptions != null) {
        opened.push(subscriptions);
        queries.count(subscriptions::stats);
      }
      TcpDoor tcp = doors.tcp() == null ? null : TcpDoor.open(store, doors.tcp(), metrics);
      if (tcp != null) {
        opened.push(tcp);
      }
      UdpDoor udp = doors.udp() == null ? null : UdpDoor.open(store, doors.udp(), metrics);
      if (udp != null) {
        opened.push(udp);
      }
      ContinuousQueryService continuousQueries =
          access.noContinuousQueries
              ? null
              : queries.startContinuousQueries(Duration.ofSeconds(access.continuousQuerySeconds));
      return new RunningServer(
          store, server, metrics, tcp, udp, continuousQueries, subscriptions, doors.http().host());
    } catch (IOException | RuntimeException e) {
      opened.forEach(resource -> closeAfter(e, resource));
      throw e;
    }
  }

  private static void describe(
      QueryEngine queries, HttpOptions options, PromSettings promSettings) {
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
    Map<String, Object> prometheus = new LinkedHashMap<>();
    prometheus.put("database", promSettings.defaultDatabase());
    prometheus.put("lookback", Durations.format(promSettings.lookbackMillis()));
    prometheus.put("timeout", Durations.format(promSettings.timeoutMillis()));
    prometheus.put("max-samples", promSettings.maxSamples());
    prometheus.put("experimental", promSettings.experimental());
    queries.describe("config-prometheus", prometheus);
  }

  private static void closeAfter(Exception failure, AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  public Varve store() {
    return store;
  }

  public HttpServer http() {
    return server;
  }

  /** The door for line protocol over TCP, if there is one. */
  public @Nullable TcpDoor tcp() {
    return tcp;
  }

  /** The door for line protocol over UDP, if there is one. */
  public @Nullable UdpDoor udp() {
    return udp;
  }

  /** What it counts. */
  ServerMetrics metrics() {
    return metrics;
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
      closeSockets();
    } finally {
      try {
        server.close();
      } finally {
        closeStore();
      }
    }
  }

  private void closeStore() {
    try {
      if (continuousQueries != null) {
        continuousQueries.close();
      }
      if (subscriptions != null) {
        subscriptions.close();
      }
    } finally {
      store.close();
    }
  }

  private void closeSockets() {
    try {
      if (udp != null) {
        udp.close();
      }
    } finally {
      if (tcp != null) {
        tcp.close();
      }
    }
  }
}
