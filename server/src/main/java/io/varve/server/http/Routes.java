package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is served: the one list of paths and methods. */
final class Routes {
  /** Makes the exchange that answers a request. */
  @FunctionalInterface
  private interface Route {
    Exchange open(HttpConnection connection, HttpRequest request, Parameters parameters);
  }

  /** A path's methods, and the {@code Allow} header for any other. */
  private record Path(Map<HttpMethod, Route> methods, String allow) {
    static Path post(Route route) {
      return new Path(Map.of(HttpMethod.POST, route), "OPTIONS, POST");
    }

    static Path get(Route route) {
      return new Path(Map.of(HttpMethod.GET, route), "GET, OPTIONS");
    }

    static Path look(Route route) {
      return new Path(Map.of(HttpMethod.GET, route, HttpMethod.HEAD, route), "GET, HEAD, OPTIONS");
    }
  }

  private static final Route WRITE =
      (connection, request, parameters) ->
          new WriteExchange(
              connection, request, WriteRequest.v1(parameters, connection.services().store));
  private static final Route WRITE_V2 =
      (connection, request, parameters) ->
          new WriteExchange(
              connection, request, WriteRequest.v2(parameters, connection.services().store));
  private static final Route PING =
      (connection, request, parameters) -> {
        connection.services().metrics.pings.increment();
        return new FixedExchange(connection, ping(parameters));
      };
  private static final Route STATUS =
      (connection, request, parameters) -> new FixedExchange(connection, Answers.noContent());
  private static final Route HEALTH =
      (connection, request, parameters) ->
          new FixedExchange(
              connection,
              Answers.json(
                  HttpResponseStatus.OK,
                  "{\"checks\":[],\"message\":\"ready for queries and writes\","
                      + "\"name\":\"influxdb\",\"status\":\"pass\",\"version\":\""
                      + Answers.VERSION
                      + "\"}"));

  private static final Route HEALTHY =
      (connection, request, parameters) ->
          new FixedExchange(connection, Answers.text(HttpResponseStatus.OK, "Varve is healthy.\n"));
  private static final Route READY =
      (connection, request, parameters) ->
          new FixedExchange(
              connection,
              connection.services().isStopping()
                  ? Answers.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "Varve is stopping.\n")
                  : Answers.text(HttpResponseStatus.OK, "Varve is ready.\n"));

  private static final Route METRICS =
      (connection, request, parameters) ->
          new FixedExchange(connection, DebugPages.metrics(connection.services()));
  private static final Route DEBUG_VARS =
      (connection, request, parameters) ->
          new FixedExchange(connection, DebugPages.vars(connection));
  private static final Route FLUX =
      (connection, request, parameters) -> new FixedExchange(connection, fluxIsDisabled());

  private static final Map<String, Path> PATHS =
      Map.ofEntries(
          Map.entry("/write", Path.post(WRITE)),
          Map.entry("/api/v2/write", Path.post(WRITE_V2)),
          Map.entry("/api/v2/query", Path.post(FLUX)),
          Map.entry("/api/v2/delete", Path.post(DeleteRequest::open)),
          Map.entry(
              "/api/v2/buckets",
              new Path(
                  Map.of(
                      HttpMethod.GET,
                      adminOnly(BucketRequests::list),
                      HttpMethod.POST,
                      adminOnly(BucketRequests::create)),
                  "GET, OPTIONS, POST")),
          Map.entry(
              "/query",
              new Path(
                  Map.of(HttpMethod.GET, QueryExchange::new, HttpMethod.POST, QueryExchange::new),
                  "GET, OPTIONS, POST")),
          Map.entry("/api/v1/prom/write", Path.post(ofDatabase(RemoteWriteExchange::new))),
          Map.entry("/api/v1/prom/read", Path.post(ofDatabase(RemoteReadExchange::new))),
          Map.entry("/api/v1/write", Path.post(RemoteWriteExchange::new)),
          Map.entry("/api/v1/read", Path.post(RemoteReadExchange::new)),
          Map.entry("/ping", Path.look(PING)),
          Map.entry("/status", Path.look(STATUS)),
          Map.entry("/health", Path.get(HEALTH)),
          Map.entry("/-/healthy", Path.look(HEALTHY)),
          Map.entry("/-/ready", Path.look(READY)),
          Map.entry("/metrics", Path.get(METRICS)),
          Map.entry("/debug/vars", Path.get(DEBUG_VARS)),
          Map.entry("/debug/requests", Path.get(RequestsExchange::new)));

  /** What is served below a path: one bucket each. */
  private static final String BUCKETS = "/api/v2/buckets/";

  private static final Path BUCKET =
      new Path(
          Map.of(
              HttpMethod.GET,
              adminOnly(BucketRequests::retrieve),
              HttpMethod.PATCH,
              adminOnly(BucketRequests::change),
              HttpMethod.DELETE,
              adminOnly(BucketRequests::delete)),
          "DELETE, GET, OPTIONS, PATCH");

  /** What needs no credentials even where the rest does. */
  private static final Set<String> OPEN_PATHS =
      Set.of("/ping", "/status", "/health", "/metrics", "/-/healthy", "/-/ready");

  /** What of the paths above belongs to Prometheus' API. */
  private static final Set<String> PROMETHEUS_PATHS =
      Set.of("/api/v1/write", "/api/v1/read", "/metrics", "/-/healthy", "/-/ready");

  private Routes() {}

  /** Finds what answers a request; there always is something. */
  static Exchange open(HttpConnection connection, HttpRequest request) {
    Parameters parameters;
    try {
      parameters = new Parameters(request);
    } catch (IllegalArgumentException e) {
      return new FixedExchange(
          connection, Answers.error(HttpResponseStatus.BAD_REQUEST, "malformed URL"));
    }
    String name = withoutPrefix(parameters.path(), connection.services().options.promPathPrefix());
    Path path = find(name);
    if (path == null) {
      return new FixedExchange(
          connection, Answers.text(HttpResponseStatus.NOT_FOUND, "404 page not found\n"));
    }
    if (HttpMethod.OPTIONS.equals(request.method())) {
      return new FixedExchange(
          connection,
          request.headers().contains(HttpHeaderNames.ORIGIN)
              ? Answers.empty(HttpResponseStatus.OK)
              : Answers.noContent());
    }
    Route route = path.methods().get(request.method());
    if (route == null) {
      FullHttpResponse answer =
          Answers.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Method Not Allowed\n");
      answer.headers().set(AnswerHeaders.ALLOW, path.allow());
      return new FixedExchange(connection, answer);
    }
    return OPEN_PATHS.contains(name)
        ? route.open(connection, request, parameters)
        : authenticated(route, connection, request, parameters);
  }

  /** Asks who sends the request first, if the server asks at all. */
  private static Exchange authenticated(
      Route route, HttpConnection connection, HttpRequest request, Parameters parameters) {
    Authentication authentication = connection.services().authentication;
    if (authentication == null) {
      return route.open(connection, request, parameters);
    }
    Credentials credentials = Credentials.of(request, parameters);
    Authentication.Sender sender = authentication.recognise(credentials);
    if (sender == null && credentials instanceof Credentials.Password given) {
      return new PendingExchange(
          connection, authentication, given, () -> route.open(connection, request, parameters));
    }
    String refusal = sender == null ? "unsupported authentication" : sender.refusal();
    if (sender == null || refusal != null) {
      return new FixedExchange(connection, Answers.unauthorized(String.valueOf(refusal)));
    }
    connection.setUser(sender.user());
    return route.open(connection, request, parameters);
  }

  /** What only an admin may do where clients are asked who they are. */
  private static Route adminOnly(Route route) {
    return (connection, request, parameters) -> {
      Authentication authentication = connection.services().authentication;
      return authentication == null || authentication.isAdmin(connection.user())
          ? route.open(connection, request, parameters)
          : new FixedExchange(
              connection, Answers.error(HttpResponseStatus.FORBIDDEN, "requires admin privilege"));
    };
  }

  /** InfluxDB's doors for Prometheus: as Prometheus' own, but the database has to be named. */
  private static Route ofDatabase(Route route) {
    return (connection, request, parameters) -> {
      String name = parameters.text("db");
      if (name.isEmpty()) {
        return new FixedExchange(
            connection, Answers.error(HttpResponseStatus.BAD_REQUEST, "database is required"));
      }
      if (connection.services().store.database(name) == null) {
        return new FixedExchange(
            connection,
            Answers.error(HttpResponseStatus.NOT_FOUND, "database not found: \"" + name + "\""));
      }
      return route.open(connection, request, parameters);
    };
  }

  private static FullHttpResponse fluxIsDisabled() {
    return Answers.text(
        HttpResponseStatus.FORBIDDEN,
        "Flux query service disabled. Verify flux-enabled=true in the [http] section of the"
            + " InfluxDB config.\n");
  }

  /** The path below a prefix, if it is one of Prometheus' API; else all of it. */
  private static String withoutPrefix(String path, String prefix) {
    if (prefix.isEmpty() || !path.startsWith(prefix + "/")) {
      return path;
    }
    String below = path.substring(prefix.length());
    return PROMETHEUS_PATHS.contains(below) || PromEndpoints.find(below) != null ? below : path;
  }

  private static @Nullable Path find(String path) {
    Path known = path.startsWith(BUCKETS) ? BUCKET : PATHS.get(path);
    PromEndpoints.Path prom = known == null ? PromEndpoints.find(path) : null;
    if (prom == null) {
      return known;
    }
    Route route =
        (connection, request, parameters) ->
            new PromExchange(connection, request, parameters, prom);
    return prom.post()
        ? new Path(Map.of(HttpMethod.GET, route, HttpMethod.POST, route), "GET, OPTIONS, POST")
        : new Path(Map.of(HttpMethod.GET, route), "GET, OPTIONS");
  }

  private static FullHttpResponse ping(Parameters parameters) {
    String verbose = parameters.text("verbose");
    return verbose.isEmpty() || verbose.equals("0") || verbose.equals("false")
        ? Answers.noContent()
        : Answers.json(HttpResponseStatus.OK, "{\"version\":\"" + Answers.VERSION + "\"}\n");
  }
}
