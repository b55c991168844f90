package io.varve.server.http;

import io.varve.server.encode.TestCursor;
import io.varve.storage.Database;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.Varve;
import io.varve.storage.model.Field;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Objects;

/** A real server over a real store with the database {@code db}, and a client to it. */
final class TestServer implements AutoCloseable {
  final Varve store;
  final Database database;
  final HttpServer server;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TestServer(Path directory, HttpOptions options, InfluxQl influxQl) throws IOException {
    store = Varve.open(directory);
    database = store.createDatabase("db", RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
    server = HttpServer.start(store, influxQl, options.withAddress("127.0.0.1", 0));
  }

  /** Answers every query with one empty statement. */
  static TestServer withoutQueries(Path directory) throws IOException {
    return new TestServer(directory, options(), (text, asked) -> emptyAnswer());
  }

  static TestCursor emptyAnswer() {
    TestCursor answer = new TestCursor();
    answer.statement();
    return answer;
  }

  /** Small limits, short waits. */
  static HttpOptions options() {
    return new HttpOptions("127.0.0.1", 0, 64, 1_000_000, 8_000_000, 2, 2, 2_000, 5_000);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).GET(), headers);
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return post(path, BodyPublishers.ofString(body), headers);
  }

  HttpResponse<String> post(String path, BodyPublisher body, String... headers) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).POST(body), headers);
  }

  HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws Exception {
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  RawClient raw() throws IOException {
    return new RawClient(server.port());
  }

  /** Values of all rows of all series that are stored. */
  int storedValues() {
    int values = 0;
    try (SeriesReader reader = database.reader(null)) {
      for (String measurement : reader.measurements()) {
        int[] fields = reader.fields(measurement).stream().mapToInt(Field::id).toArray();
        int[] series = reader.select(measurement, new TagPredicate.All(), TimeRange.ALL);
        values += count(reader, new ScanSpec(series, fields, TimeRange.ALL, false));
      }
    }
    return values;
  }

  private static int count(SeriesReader reader, ScanSpec spec) {
    int values = 0;
    try (SeriesCursor cursor = reader.scan(spec)) {
      while (cursor.nextSeries()) {
        while (cursor.nextBatch()) {
          int rows = cursor.batch().rowCount();
          for (int field = 0; field < spec.fieldIds().length; field++) {
            var column = cursor.batch().column(field);
            if (column.isAbsent()) {
              continue;
            }
            long[] presence = column.presence();
            for (int row = 0; row < rows; row++) {
              boolean present = presence == null || (presence[row >> 6] >>> row & 1) != 0;
              values += present ? 1 : 0;
            }
          }
        }
      }
    }
    return values;
  }

  @Override
  public void close() {
    server.close();
    Objects.requireNonNull(store).close();
  }
}
