package io.varve.server.http;

import static io.varve.server.http.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.remote.Proto;
import io.varve.server.remote.ReadAnswers;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.Database;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remote read over real sockets, samples and chunks, taken apart by decoders of the tests' own. */
class RemoteReadTest {
  private static final String READ = "/api/v1/read";
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);
  private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

  private static final int EQUAL = 0;
  private static final int NOT_EQUAL = 1;
  private static final int REGEX = 2;
  private static final int NOT_REGEX = 3;

  private TestServer server;
  private Database samples;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = TestServer.withoutQueries(directory);
    samples =
        server.store.createDatabase(
            "prometheus", RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void write(String lines) throws Exception {
    assertThat(server.post("/write?db=prometheus&precision=ms", lines).statusCode()).isEqualTo(204);
  }

  private static Proto matcher(int type, String name, String value) {
    return new Proto().varint(1, type).text(2, name).text(3, value);
  }

  private static Proto query(long start, long end, Proto... matchers) {
    Proto query = new Proto().varint(1, start).varint(2, end);
    for (Proto matcher : matchers) {
      query.message(3, matcher);
    }
    return query.message(4, new Proto().varint(1, 15_000).text(2, "rate"));
  }

  private HttpResponse<byte[]> post(Proto request, String path) throws Exception {
    byte[] message = request.toBytes();
    byte[] block = SnappyBlock.encode(message, message.length);
    return server.client.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Content-Encoding", "snappy")
            .header("Content-Type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(block))
            .build(),
        BodyHandlers.ofByteArray());
  }

  /** The series of each query, in whichever form; both forms have to be the same. */
  private List<List<String>> read(Proto... queries) throws Exception {
    return readFrom(READ, queries);
  }

  private List<List<String>> readFrom(String path, Proto... queries) throws Exception {
    Proto request = new Proto();
    for (Proto query : queries) {
      request.message(1, query);
    }
    HttpResponse<byte[]> whole = post(request, path);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.headers().firstValue("Content-Type")).hasValue("application/x-protobuf");
    assertThat(whole.headers().firstValue("Content-Encoding")).hasValue("snappy");
    List<List<String>> answer = ReadAnswers.samples(whole.body());
    HttpResponse<byte[]> chunks = post(request.packed(2, 7, 1, 0), path);
    assertThat(chunks.statusCode()).isEqualTo(200);
    assertThat(chunks.headers().firstValue("Content-Type"))
        .hasValue("application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse");
    assertThat(ReadAnswers.chunks(chunks.body(), queries.length)).isEqualTo(answer);
    return answer;
  }

  /** What came in goes out again, and never as a chunk. */
  @Test
  void answersHistogramsAsSamples() throws Exception {
    Proto histogram =
        new Proto()
            .number(2, 7)
            .number(3, 4.5)
            .varint(4, 1)
            .number(5, 0.25)
            .number(7, 1)
            .message(8, new Proto().varint(1, 3).varint(2, 1))
            .bytes(10, doubles(1))
            .message(11, new Proto().varint(1, 4).varint(2, 1))
            .message(11, new Proto().varint(1, 2).varint(2, 2))
            .bytes(13, doubles(2, 1, 2))
            .varint(14, 3)
            .varint(15, 1_000);
    Proto custom =
        new Proto()
            .number(2, 3)
            .varint(4, 105)
            .message(11, new Proto().varint(2, 2))
            .bytes(13, doubles(1, 2))
            .varint(15, 2_000)
            .bytes(16, doubles(0.5));
    Proto series =
        new Proto()
            .message(1, Proto.label("__name__", "h"))
            .message(4, histogram)
            .message(4, custom);
    byte[] message = new Proto().message(1, series).toBytes();
    byte[] block = SnappyBlock.encode(message, message.length);
    assertThat(server.post("/api/v1/write", BodyPublishers.ofByteArray(block)).statusCode())
        .isEqualTo(204);
    Proto query = query(0, 3000, matcher(EQUAL, "__name__", "h"));
    for (Proto request :
        List.of(
            new Proto().message(1, query),
            new Proto().message(1, query).packed(2, 1, 0),
            new Proto().message(1, query).packed(2, 0))) {
      HttpResponse<byte[]> answer = post(request, READ);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-protobuf");
      byte[] body = SnappyBlock.decode(answer.body(), answer.body().length, 10_000);
      byte[] result = Proto.fields(body, 1).get(0).bytes();
      byte[] read = Proto.fields(result, 1).get(0).bytes();
      assertThat(Proto.fields(read, 4).stream().map(Proto.Field::bytes).toList())
          .containsExactly(histogram.toBytes(), custom.toBytes());
    }
    HttpResponse<byte[]> refused = post(new Proto().message(1, query).packed(2, 1), READ);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(new String(refused.body(), StandardCharsets.UTF_8))
        .contains("native histograms are answered as SAMPLES only");
  }

  private static byte[] doubles(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }

  @Test
  void answersQueriesInOrderWithBothEndsOfTheirRanges() throws Exception {
    write(
        "up,job=b value=1 1000\nup,job=b value=2 2000\nup,job=b value=3 3000\nup,job=a value=4 2000");
    Proto up = matcher(EQUAL, "__name__", "up");
    assertThat(read(query(1000, 2000, up), query(2001, 2999, up), query(3000, 3000, up)))
        .containsExactly(
            List.of("up{job=a} 4.0@2000", "up{job=b} 1.0@1000 2.0@2000"),
            List.of(),
            List.of("up{job=b} 3.0@3000"));
    assertThat(read(query(3000, 1000, up))).containsExactly(List.of());
    assertThat(read()).isEmpty();
  }

  @Test
  void knowsAllKindsOfMatchers() throws Exception {
    write("m,a=x value=1 1\nm,a=y value=2 1\nm value=3 1\nn,a=x f=4i,g=true,s=\"no\" 1");
    Proto all = matcher(REGEX, "__name__", ".+");
    assertThat(read(query(0, 9, all)))
        .containsExactly(
            List.of(
                "m{} 3.0@1", "m{a=x} 1.0@1", "m{a=y} 2.0@1", "n_f{a=x} 4.0@1", "n_g{a=x} 1.0@1"));
    assertThat(read(query(0, 9, matcher(EQUAL, "a", "x"), matcher(NOT_EQUAL, "__name__", "m"))))
        .containsExactly(List.of("n_f{a=x} 4.0@1", "n_g{a=x} 1.0@1"));
    assertThat(read(query(0, 9, matcher(REGEX, "a", "x|y"), matcher(EQUAL, "__name__", "m"))))
        .containsExactly(List.of("m{a=x} 1.0@1", "m{a=y} 2.0@1"));
    assertThat(read(query(0, 9, matcher(NOT_REGEX, "a", "x|"), all)))
        .containsExactly(List.of("m{a=y} 2.0@1"));
    assertThat(read(query(0, 9, matcher(EQUAL, "a", ""), all)))
        .containsExactly(List.of("m{} 3.0@1"));
  }

  @Test
  void keepsStaleMarkersAndOtherSpecialValues() throws Exception {
    PointBatch batch = new PointBatch();
    double[] values = {STALE, Double.NaN, Double.POSITIVE_INFINITY, -0.0, Double.MIN_VALUE};
    for (int i = 0; i < values.length; i++) {
      batch.beginRow(SeriesKey.of("m", Map.of()));
      batch.add("value", values[i]);
      batch.endRow((i - 2) * 1_000_000L);
    }
    samples.write(null, batch).join();
    assertThat(read(query(-2, 5, matcher(EQUAL, "__name__", "m"))))
        .containsExactly(List.of("m{} stale@-2 NaN@-1 Infinity@0 -0.0@1 4.9E-324@2"));
  }

  @Test
  void takesTheLastOfSeveralSamplesInOneMillisecond() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      lines.append("m value=").append(i).append(' ').append(300_000L * i).append('\n');
    }
    assertThat(server.post("/write?db=prometheus", lines.toString()).statusCode()).isEqualTo(204);
    String series = read(query(0, 2_000, matcher(EQUAL, "__name__", "m"))).get(0).get(0);
    String[] samples = series.split(" ");
    assertThat(samples).hasSize(1 + 1_500);
    assertThat(samples[1]).isEqualTo("3.0@0");
    assertThat(samples[1_500]).isEqualTo("4999.0@1499");
  }

  @Test
  void showsOtherDatabasesUnderTheirName() throws Exception {
    write("m value=1 1");
    server.post("/write?db=db&precision=ms", "m value=2 1");
    Proto m = matcher(EQUAL, "__name__", "m");
    assertThat(read(query(0, 9, m))).containsExactly(List.of("m{} 1.0@1", "m{db=db} 2.0@1"));
    assertThat(readFrom(READ + "?db=db", query(0, 9, m))).containsExactly(List.of("m{} 2.0@1"));
    assertThat(readFrom(READ + "?db=none", query(0, 9, m))).containsExactly(List.of());
  }

  @Test
  void splitsLongSeriesIntoFrames() throws Exception {
    int rows = 150_000;
    List<String> expected = new ArrayList<>();
    for (String job : new String[] {"a", "b"}) {
      StringBuilder text = new StringBuilder("m{job=" + job + "}");
      SplittableRandom random = new SplittableRandom(SEED);
      PointBatch batch = new PointBatch();
      long time = 0;
      for (int i = 0; i < rows; i++) {
        time += random.nextInt(1 << random.nextInt(1, 24)) + 1;
        double value = random.nextDouble();
        batch.beginRow(SeriesKey.of("m", Map.of("job", job)));
        batch.add("value", value);
        batch.endRow(time * 1_000_000);
        text.append(' ').append(value).append('@').append(time);
      }
      samples.write(null, batch).join();
      expected.add(text.toString());
    }
    Proto request =
        new Proto()
            .message(1, query(0, Long.MAX_VALUE, matcher(EQUAL, "__name__", "m")))
            .varint(2, 1);
    HttpResponse<byte[]> answer = post(request, READ);
    assertThat(ReadAnswers.chunks(answer.body(), 1).get(0).equals(expected))
        .as("seed %d", SEED)
        .isTrue();
    assertThat(ReadAnswers.frames(answer.body()).stream().map(frame -> frame.length))
        .hasSizeGreaterThan(2)
        .allMatch(length -> length <= 1 << 20)
        .anyMatch(length -> length > 1_000_000);
    HttpResponse<byte[]> whole =
        post(
            new Proto().message(1, query(0, Long.MAX_VALUE, matcher(EQUAL, "__name__", "m"))),
            READ);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(ReadAnswers.samples(whole.body()).get(0).equals(expected)).isTrue();
  }

  @Test
  void explainsBadRequestsInPlainText() throws Exception {
    Proto pattern = query(0, 1, matcher(REGEX, "a", "("));
    assertRefused(new Proto().message(1, pattern), 400, "missing closing )");
    assertRefused(new Proto().message(1, query(0, 1, matcher(4, "a", ""))), 400, "unknown type 4");
    assertRefused(new Proto().varint(2, 2), 400, "supported: SAMPLES");
    assertRefused(new Proto().bytes(1, new byte[] {10}), 400, "protobuf: the message is damaged");
    HttpResponse<String> notSnappy = server.post(READ, "no");
    assertThat(notSnappy.statusCode()).isEqualTo(400);
    assertThat(notSnappy.body()).startsWith("snappy: ");
    assertThat(server.post(READ, "x", "Content-Encoding", "gzip").statusCode()).isEqualTo(415);
    assertThat(server.get(READ).statusCode()).isEqualTo(405);
    assertThat(server.post(READ, "x".repeat(1_000_001)).statusCode()).isEqualTo(413);
  }

  private void assertRefused(Proto request, int status, String message) throws Exception {
    HttpResponse<byte[]> answer = post(request, READ);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(message);
  }

  @Test
  void freesTheReadersOfClientsThatLeave() throws Exception {
    PointBatch batch = new PointBatch();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 1_000_000; i++) {
      batch.beginRow(SeriesKey.of("m", Map.of()));
      batch.add("value", random.nextDouble());
      batch.endRow(i * 1_000_000L);
    }
    samples.write(null, batch).join();
    byte[] message =
        new Proto()
            .message(1, query(0, Long.MAX_VALUE, matcher(EQUAL, "__name__", "m")))
            .varint(2, 1)
            .toBytes();
    byte[] block = SnappyBlock.encode(message, message.length);
    try (RawClient client = server.raw()) {
      client.send(head("POST " + READ, "Content-Length: " + block.length)).send(block);
      assertThat(client.socket.getInputStream().read()).isEqualTo('H');
      assertThat(server.store.stats().openReaders()).isPositive();
    }
    while (server.store.stats().openReaders() > 0) {
      Thread.onSpinWait();
    }
    assertThat(server.get("/metrics").body())
        .contains("varve_remote_reads_total 1\n")
        .contains("varve_remote_read_failures_total 0\n");
  }
}
