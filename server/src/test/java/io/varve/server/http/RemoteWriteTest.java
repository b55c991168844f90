package io.varve.server.http;

import static io.varve.server.http.RawClient.head;
import static io.varve.server.remote.Proto.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.remote.Proto;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.Database;
import io.varve.storage.model.RetentionPolicy;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remote write over real sockets; each test also looks at what is stored afterwards. */
class RemoteWriteTest {
  private static final String WRITE = "/api/v1/write";
  private static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
  private static final HttpOptions OPTIONS =
      new HttpOptions("127.0.0.1", 0, 64, 1_000_000, 1_500_000, 2, 16, 2_000, 5_000);

  private TestServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = new TestServer(directory, OPTIONS, (text, asked) -> TestServer.emptyAnswer());
  }

  @AfterEach
  void stop() {
    assertThat(server.server.inFlightBytes()).isZero();
    server.close();
  }

  private static byte[] block(Proto request) {
    byte[] message = request.toBytes();
    return SnappyBlock.encode(message, message.length);
  }

  private static BodyPublisher body(Proto request) {
    return BodyPublishers.ofByteArray(block(request));
  }

  private static Proto one(String metric, double value) {
    return new Proto().message(1, series(value, 1_000, "__name__", metric, "job", "j"));
  }

  private HttpResponse<String> write(Proto request, String... headers) throws Exception {
    return server.post(WRITE, body(request), headers);
  }

  private static void assertWritten(HttpResponse<String> answer, int status, int samples) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    String prefix = "X-Prometheus-Remote-Write-";
    assertThat(answer.headers().firstValue(prefix + "Samples-Written")).hasValue("" + samples);
    assertThat(answer.headers().firstValue(prefix + "Histograms-Written")).hasValue("0");
    assertThat(answer.headers().firstValue(prefix + "Exemplars-Written")).hasValue("0");
  }

  /** What PromQL sees of a metric at second 1. */
  private String seen(String metric) throws Exception {
    String body = server.get("/api/v1/query?time=1&query=" + metric).body();
    int from = body.indexOf("\"result\":");
    return body.substring(from + 9, body.length() - 2);
  }

  private static String sample(String metric, String labels, String value) {
    return "[{\"metric\":{\"__name__\":\""
        + (metric + "\"" + labels + "},\"value\":[1,\"" + value + "\"]}]");
  }

  @Test
  void storesSamplesOfBothVersions() throws Exception {
    assertWritten(write(one("one", 1.5), "Content-Encoding", "snappy"), 204, 1);
    Proto request = new Proto().text(4, "").text(4, "__name__").text(4, "two");
    Proto series = new Proto().packed(1, 1, 2).message(2, Proto.sample(2, 1_000));
    assertWritten(
        write(request.message(5, series), "Content-Type", V2, "Content-Encoding", "snappy"),
        204,
        1);
    assertThat(seen("one")).isEqualTo(sample("one", ",\"job\":\"j\"", "1.5"));
    assertThat(seen("two")).isEqualTo(sample("two", "", "2"));
    assertThat(server.store.databaseNames()).containsExactly("db", "prometheus");
  }

  @Test
  void storesThroughInfluxDbsDoorInADatabaseThatIsNamed() throws Exception {
    server.database.createRetentionPolicy(RetentionPolicy.of("week", 0), false);
    assertThat(server.post("/api/v1/prom/write", body(one("m", 1))).body())
        .isEqualTo("{\"error\":\"database is required\"}\n");
    HttpResponse<String> unknown = server.post("/api/v1/prom/write?db=no", body(one("m", 1)));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("{\"error\":\"database not found: \\\"no\\\"\"}\n");
    assertWritten(server.post("/api/v1/prom/write?db=db&rp=week", body(one("m", 1))), 204, 1);
    assertWritten(server.post("/api/v1/prom/write?db=db", body(one("m", 2))), 204, 1);
    assertThat(server.storedValues()).isEqualTo(1);
    assertThat(server.post("/api/v1/prom/write?db=db&rp=no", body(one("m", 1))).statusCode())
        .isGreaterThanOrEqualTo(400);
    assertThat(server.post("/api/v1/prom/read", "").body()).contains("database is required");
    assertThat(server.get("/api/v1/prom/read?db=db").statusCode()).isEqualTo(405);
  }

  @Test
  void storesHistogramsAndAnswersThemAsJson() throws Exception {
    Proto histogram =
        new Proto()
            .varint(1, 7)
            .number(3, 4.5)
            .number(5, 0.25)
            .varint(6, 1)
            .message(8, new Proto().varint(1, 0).varint(2, 1))
            .packed(9, 2)
            .message(11, new Proto().varint(1, 2).varint(2, 2))
            .packed(12, 4, 2)
            .varint(15, 1_000);
    Proto series = new Proto().message(1, Proto.label("__name__", "h")).message(4, histogram);
    HttpResponse<String> answer = write(new Proto().message(1, series));
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Histograms-Written"))
        .hasValue("1");
    assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
        .hasValue("0");
    String expected =
        "[1,{\"count\":\"7\",\"sum\":\"4.5\",\"buckets\":[[1,\"-1\",\"-0.5\",\"1\"],"
            + "[3,\"-0.25\",\"0.25\",\"1\"],[0,\"1\",\"2\",\"2\"],[0,\"2\",\"4\",\"3\"]]}]";
    assertThat(seen("h"))
        .isEqualTo("[{\"metric\":{\"__name__\":\"h\"},\"histogram\":" + expected + "}]");
    assertThat(server.get("/api/v1/query_range?start=1&end=1&step=1&query=h").body())
        .contains("\"metric\":{\"__name__\":\"h\"},\"histograms\":[" + expected + "]}");
    assertThat(seen("histogram_sum(h)")).contains("\"value\":[1,\"4.5\"]");
    assertThat(server.get("/api/v1/label/__name__/values").body()).contains("[\"h\"]");
  }

  @Test
  void takesTheSameSampleAgainAndAnotherValueInItsPlace() throws Exception {
    assertWritten(write(one("m", 1)), 204, 1);
    assertWritten(write(one("m", 1)), 204, 1);
    assertWritten(write(one("m", 2)), 204, 1);
    assertThat(seen("m")).isEqualTo(sample("m", ",\"job\":\"j\"", "2"));
  }

  @Test
  void storesTheRestOfRequestsWithBadSeries() throws Exception {
    Proto histogram = new Proto().message(1, Proto.label("__name__", "h"));
    Proto request =
        one("m", 1)
            .message(1, series(1, 1, "no", "name"))
            .message(1, histogram.message(4, new Proto().varint(1, 5)));
    HttpResponse<String> answer = write(request);
    assertWritten(answer, 400, 1);
    assertThat(answer.body())
        .isEqualTo(
            "stored 1 samples and 0 histograms, refused 1 samples and 1 histograms: the series has"
                + " no metric name\n");
    assertThat(seen("m")).isEqualTo(sample("m", ",\"job\":\"j\"", "1"));
    assertThat(server.get("/metrics").body())
        .contains("varve_points_written_total{door=\"remote_write\"} 1\n")
        .contains("varve_ingest_dropped_points_total{door=\"remote_write\"} 1\n")
        .contains("varve_remote_write_refused_histograms_total 1\n")
        .contains("varve_write_errors_total{kind=\"dropped_points\"} 1\n");
  }

  @Test
  void acceptsExemplarsAndSaysThatNoneWasStored() throws Exception {
    Proto series = series(1, 1_000, "__name__", "m").message(3, new Proto().number(2, 1));
    assertWritten(write(new Proto().message(1, series)), 204, 1);
    assertThat(server.get("/metrics").body())
        .contains("varve_remote_write_ignored_exemplars_total 1\n");
  }

  @Test
  void refusesSamplesInConflictWithFieldsOfLineProtocol() throws Exception {
    server.store.createDatabase("prometheus", RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
    server.post("/write?db=prometheus", "m value=1i 1000000000");
    HttpResponse<String> answer =
        write(one("m", 2.5).message(1, series(3, 1_000, "__name__", "n")));
    assertWritten(answer, 400, 1);
    assertThat(answer.body())
        .startsWith("stored 1 samples and 0 histograms, refused 1 samples")
        .contains("type");
    assertThat(seen("m")).isEqualTo(sample("m", "", "1"));
    assertThat(seen("n")).isEqualTo(sample("n", "", "3"));
  }

  @Test
  void answers415ToWhatIsNotSpoken() throws Exception {
    for (String[] headers :
        new String[][] {
          {"Content-Encoding", "gzip"},
          {"Content-Encoding", "zstd"},
          {"Content-Type", "application/json"},
          {"Content-Type", "application/x-protobuf;proto=io.prometheus.write.v3.Request"},
        }) {
      assertWritten(write(one("m", 1), headers), 415, 0);
    }
    assertThat(server.store.databaseNames()).containsExactly("db");
    assertWritten(
        write(one("m", 1), "Content-Type", "application/x-protobuf; proto=prometheus.WriteRequest"),
        204,
        1);
  }

  @Test
  void storesNothingOfOneVersionThatIsSentAsTheOther() throws Exception {
    assertWritten(write(one("m", 1), "Content-Type", V2), 204, 0);
    Proto second = new Proto().text(4, "").message(5, new Proto().packed(1, 0, 0));
    assertWritten(write(second), 204, 0);
    assertThat(server.store.databaseNames()).containsExactly("db");
  }

  @Test
  void answers400ToDamagedBodies() throws Exception {
    for (byte[] body : new byte[][] {{}, {5, 1}, {1, 0, 8}, {-1, -1, -1, -1, -1, -1}}) {
      HttpResponse<String> answer = server.post(WRITE, BodyPublishers.ofByteArray(body));
      assertThat(answer.statusCode()).isIn(400, 413);
      assertWritten(answer, answer.statusCode(), 0);
    }
    Proto cut = one("m", 1).bytes(1, new byte[] {10});
    assertWritten(write(cut), 400, 0);
    assertThat(server.store.databaseNames()).containsExactly("db");
  }

  @Test
  void answers413ToWhatIsTooLargeInAnyWay() throws Exception {
    byte[] large = new byte[1_000_001];
    HttpResponse<String> answer = server.post(WRITE, BodyPublishers.ofByteArray(large));
    assertThat(answer.statusCode()).isEqualTo(413);
    Proto inflates = one("m", 1).text(9, "x".repeat(1_000_000));
    assertWritten(write(inflates), 413, 0);
    Proto request = new Proto().text(4, "").text(4, "__name__").text(4, "m").text(4, "l");
    request.text(4, "v".repeat(60_000));
    for (int i = 0; i < 100; i++) {
      request.message(5, new Proto().packed(1, 1, 2, 3, 4).message(2, Proto.sample(1, i)));
    }
    assertWritten(write(request, "Content-Type", V2), 413, 0);
    assertThat(server.store.databaseNames()).containsExactly("db");
  }

  @Test
  void closesBodiesWithoutLengthThatAreTooLarge() throws Exception {
    try (RawClient client = server.raw()) {
      client.send(head("POST " + WRITE, "Transfer-Encoding: chunked"));
      String piece = "x".repeat(100_000);
      for (int i = 0; i < 11; i++) {
        client.send("186a0\r\n" + piece + "\r\n");
      }
      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void tellsSendersToTryAgainWhileTooMuchIsInProgress() throws Exception {
    byte[] some = new byte[900_000];
    try (RawClient first = server.raw();
        RawClient second = server.raw()) {
      first.send(head("POST " + WRITE, "Content-Length: 999999")).send(some);
      while (server.server.inFlightBytes() < some.length) {
        Thread.onSpinWait();
      }
      second.send(head("POST " + WRITE, "Content-Length: 900000")).send(some);
      RawClient.Answer answer = second.read();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.headers())
          .containsEntry("Retry-After", "1")
          .containsEntry("X-Prometheus-Remote-Write-Samples-Written", "0");
    }
    awaitNothingInFlight();
    assertWritten(write(one("m", 1)), 204, 1);
  }

  @Test
  void freesWhatClientsLeaveBehind() throws Exception {
    byte[] block = block(one("m", 1));
    try (RawClient client = server.raw()) {
      client.send(head("POST " + WRITE, "Content-Length: 100")).send(block);
      while (server.server.inFlightBytes() == 0) {
        Thread.onSpinWait();
      }
    }
    awaitNothingInFlight();
    assertThat(server.store.databaseNames()).containsExactly("db");
  }

  private void awaitNothingInFlight() {
    while (server.server.inFlightBytes() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    try (RawClient client = server.raw()) {
      for (int i = 0; i < 20; i++) {
        Proto request = i % 2 == 0 ? one("m" + i, i) : new Proto().message(1, series(1, 1));
        byte[] block = block(request);
        client.send(head("POST " + WRITE, "Content-Length: " + block.length)).send(block);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(client.read().status()).isEqualTo(i % 2 == 0 ? 204 : 400);
      }
    }
    assertThat(seen("m18")).isEqualTo(sample("m18", ",\"job\":\"j\"", "18"));
  }

  @Test
  void createsNoDatabaseThatIsNamed() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri(WRITE + "?db=new")).POST(body(one("m", 1))).build();
    HttpResponse<String> answer = server.client.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("database not found: \"new\"\n");
    assertThat(server.store.database("new")).isNull();
  }

  @Test
  void createsTheDatabaseOnceForManyFirstWrites() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri(WRITE)).POST(body(one("m" + i, i))).build();
      answers.add(server.client.sendAsync(request, BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertWritten(answer.join(), 204, 1);
    }
    Database created = Objects.requireNonNull(server.store.database("prometheus"));
    assertThat(created.seriesCount()).isEqualTo(12);
    assertThat(server.store.databaseNames()).containsExactly("db", "prometheus");
    assertThat(seen("m3")).isEqualTo(sample("m3", ",\"job\":\"j\"", "3"));
  }
}
