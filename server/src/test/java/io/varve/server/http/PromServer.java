package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryEngine;
import io.varve.query.QueryLimits;
import io.varve.query.QueryResources;
import io.varve.query.RunningQueryLimits;
import io.varve.query.prometheus.PromEngine;
import io.varve.query.prometheus.PromSettings;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server whose two languages share a store and their running queries, and a client to it. */
final class PromServer implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  final Varve store;
  final QueryEngine engine;
  final HttpServer server;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  PromServer(Path directory) throws IOException {
    this(directory, RunningQueryLimits.none(), PromSettings.defaults());
  }

  PromServer(Path directory, RunningQueryLimits limits, PromSettings settings) throws IOException {
    this(directory, limits, settings, "");
  }

  PromServer(Path directory, RunningQueryLimits limits, PromSettings settings, String pathPrefix)
      throws IOException {
    store = Varve.open(directory);
    engine =
        new QueryEngine(
            store, Clock.systemUTC(), QueryLimits.defaults(), limits, QueryResources.defaults());
    server =
        HttpServer.start(
            store,
            engine::influxQl,
            new PromEngine(store, settings, engine),
            HttpOptions.defaults().withAddress("127.0.0.1", 0).withPromPathPrefix(pathPrefix),
            new ServerMetrics());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws Exception {
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** GETs a path with parameters, given as names and values by turns. */
  HttpResponse<String> get(String path, String... parameters) throws Exception {
    return send(HttpRequest.newBuilder(uri(path + "?" + form(parameters))).GET());
  }

  HttpResponse<String> post(String path, String... parameters) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(form(parameters))),
        "Content-Type",
        "application/x-www-form-urlencoded");
  }

  /** The whole answer of a call below {@code /api/v1/}, which has to be a success. */
  JsonNode answer(String name, String... parameters) throws Exception {
    HttpResponse<String> answer = get("/api/v1/" + name, parameters);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonNode json = JSON.readTree(answer.body());
    assertThat(json.get("status").asString()).isEqualTo("success");
    return json;
  }

  JsonNode data(String name, String... parameters) throws Exception {
    return answer(name, parameters).get("data");
  }

  /** The result of an instant query. */
  String query(String text, String time) throws Exception {
    return data("query", "query", text, "time", time).get("result").toString();
  }

  /** A call that has to fail; answers the error as {@code STATUS TYPE: MESSAGE}. */
  String error(String name, String... parameters) throws Exception {
    return error(get("/api/v1/" + name, parameters));
  }

  static String error(HttpResponse<String> answer) {
    JsonNode json = JSON.readTree(answer.body());
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(json.get("status").asString()).isEqualTo("error");
    return answer.statusCode()
        + " "
        + json.get("errorType").asString()
        + ": "
        + json.get("error").asString();
  }

  /** Stores lines of line protocol, times in milliseconds. */
  void write(String database, String lines) throws Exception {
    if (store.database(database) == null) {
      store.createDatabase(database, RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
    }
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(uri("/write?precision=ms&db=" + database))
                .POST(BodyPublishers.ofString(lines)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
  }

  /** The answer to InfluxQL, times in milliseconds. */
  String influxQl(String database, String text) throws Exception {
    return get("/query", "db", database, "epoch", "ms", "q", text).body().strip();
  }

  /** Stores one sample by remote write 1.0. */
  void remoteWrite(Map<String, String> labels, long timeMillis, double value) throws Exception {
    ByteArrayOutputStream series = new ByteArrayOutputStream();
    new TreeMap<>(labels)
        .forEach(
            (name, text) -> {
              ByteArrayOutputStream label = new ByteArrayOutputStream();
              putField(label, 1, name.getBytes(StandardCharsets.UTF_8));
              putField(label, 2, text.getBytes(StandardCharsets.UTF_8));
              putField(series, 1, label.toByteArray());
            });
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    sample.write(1 << 3 | 1);
    sample.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    sample.write(2 << 3);
    putVarint(sample, timeMillis);
    putField(series, 2, sample.toByteArray());
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    putField(message, 1, series.toByteArray());
    assertThat(remoteWrite(message.toByteArray()).statusCode()).isEqualTo(204);
  }

  /** Says what a metric is by remote write 1.0; 1 is a counter, 2 a gauge. */
  void remoteWriteMetadata(String metric, int type, String help, String unit) throws Exception {
    ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    metadata.write(1 << 3);
    putVarint(metadata, type);
    putField(metadata, 2, metric.getBytes(StandardCharsets.UTF_8));
    putField(metadata, 4, help.getBytes(StandardCharsets.UTF_8));
    putField(metadata, 5, unit.getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    putField(message, 3, metadata.toByteArray());
    assertThat(remoteWrite(message.toByteArray()).statusCode()).isEqualTo(204);
  }

  /** Sends a message of at most 64 KiB as one literal of snappy. */
  private HttpResponse<String> remoteWrite(byte[] message) throws Exception {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    putVarint(block, message.length);
    int length = message.length - 1;
    block.write(61 << 2);
    block.write(length);
    block.write(length >> 8);
    block.writeBytes(message);
    return send(
        HttpRequest.newBuilder(uri("/api/v1/write"))
            .POST(BodyPublishers.ofByteArray(block.toByteArray())),
        "Content-Type",
        "application/x-protobuf",
        "Content-Encoding",
        "snappy",
        "X-Prometheus-Remote-Write-Version",
        "0.1.0");
  }

  private static void putField(ByteArrayOutputStream out, int number, byte[] payload) {
    putVarint(out, number << 3 | 2);
    putVarint(out, payload.length);
    out.writeBytes(payload);
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest >>> 7 != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  static String form(String... parameters) {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      form.append(i == 0 ? "" : "&")
          .append(encode(parameters[i]))
          .append('=')
          .append(encode(parameters[i + 1]));
    }
    return form.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
