package io.varve.server.http;

import static io.varve.server.http.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies good and bad: each test also looks at what is stored afterwards. */
class WriteTest {
  private static final String TOO_LARGE = "{\"error\":\"Request Entity Too Large\"}\n";

  private TestServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = TestServer.withoutQueries(directory);
  }

  @AfterEach
  void stop() {
    assertThat(server.server.inFlightBytes()).isZero();
    server.close();
  }

  private void assertError(HttpResponse<String> answer, int status, String message) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo("{\"error\":\"" + message + "\"}\n");
    assertThat(answer.headers().firstValue("X-Influxdb-Error"))
        .hasValue(message.replace("\\\"", "\"").replace("\\n", " "));
  }

  private static String length(String body) {
    return "Content-Length: " + body.length();
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte[] lines(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append("cpu,host=h").append(i % 7).append(" v=").append(i).append("i ").append(i);
      lines.append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void storesPoints() throws Exception {
    HttpResponse<String> answer =
        server.post("/write?db=db&precision=s&consistency=One", "m,t=a v=1,w=2 1\nm,t=b v=3 1");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
    assertThat(server.storedValues()).isEqualTo(3);
  }

  @Test
  void acceptsBodiesWithoutPoints() throws Exception {
    assertThat(server.post("/write?db=db", "").statusCode()).isEqualTo(204);
    assertThat(server.post("/write?db=db", "# nothing\n\n").statusCode()).isEqualTo(204);
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void wantsADatabaseItKnows() throws Exception {
    assertError(server.post("/write", "m v=1"), 400, "database is required");
    assertError(server.post("/write?db=x", "m v=1"), 404, "database not found: \\\"x\\\"");
    assertError(
        server.post("/write?db=db&rp=none", "m v=1"), 500, "retention policy not found: none");
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void wantsParametersItKnows() throws Exception {
    assertError(
        server.post("/write?db=db&precision=x", "m v=1"),
        400,
        "invalid precision \\\"x\\\" (use n, u, ms, s, m or h)");
    assertError(
        server.post("/write?db=db&consistency=most", "m v=1"), 400, "invalid consistency level");
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void keepsTheGoodLinesAndReportsTheBad() throws Exception {
    assertError(
        server.post("/write?db=db", "m v=1 1\nm v= 2\nm v=3 3"),
        400,
        "partial write: unable to parse 'm v= 2': missing field value dropped=0");
    assertThat(server.storedValues()).isEqualTo(2);
    assertError(
        server.post("/write?db=db", "m\nm v=x"),
        400,
        "unable to parse 'm': missing fields\\nunable to parse 'm v=x': invalid boolean");
    assertThat(server.storedValues()).isEqualTo(2);
  }

  @Test
  void reportsFieldsThatChangeTheirType() throws Exception {
    server.post("/write?db=db", "d a=1.5 1");
    HttpResponse<String> answer = server.post("/write?db=db", "d a=2i 2\nd b=1 2");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .startsWith(
            "{\"error\":\"partial write: field type conflict: input field \\\"a\\\" on measurement"
                + " \\\"d\\\" is type integer, already exists as type float")
        .contains("dropped=1");
    assertThat(server.storedValues()).isEqualTo(2);
  }

  @Test
  void inflatesGzip() throws Exception {
    HttpResponse<String> answer =
        server.post(
            "/write?db=db",
            BodyPublishers.ofByteArray(gzip(lines(10_000))),
            "Content-Encoding",
            "gzip");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(server.storedValues()).isEqualTo(10_000);
  }

  @Test
  void storesNothingOfADamagedGzipBody() throws Exception {
    byte[] whole = gzip(lines(1000));
    byte[] cut = Arrays.copyOf(whole, whole.length - 9);
    byte[] wrongSum = whole.clone();
    wrongSum[wrongSum.length - 6] ^= 1;
    for (byte[] damaged : new byte[][] {cut, wrongSum, "plain".getBytes(StandardCharsets.UTF_8)}) {
      HttpResponse<String> answer =
          server.post(
              "/write?db=db", BodyPublishers.ofByteArray(damaged), "Content-Encoding", "gzip");
      assertThat(answer.statusCode()).isEqualTo(400);
    }
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void refusesLargeBodiesWhole() throws Exception {
    byte[] large = lines(80_000);
    assertThat(large).hasSizeGreaterThan(1_000_000);
    HttpResponse<String> plain = server.post("/write?db=db", BodyPublishers.ofByteArray(large));
    assertThat(plain.statusCode()).isEqualTo(413);
    assertThat(plain.body()).isEqualTo(TOO_LARGE);
    HttpResponse<String> chunked =
        server.post(
            "/write?db=db", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)));
    assertThat(chunked.statusCode()).isEqualTo(413);
    HttpResponse<String> gzipped =
        server.post(
            "/write?db=db", BodyPublishers.ofByteArray(gzip(large)), "Content-Encoding", "gzip");
    assertThat(gzipped.statusCode()).isEqualTo(413);
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void stopsInflatingAGzipBomb() throws Exception {
    byte[] bomb = gzip(new byte[200_000_000]);
    assertThat(bomb).hasSizeLessThan(1_000_000);
    HttpResponse<String> answer =
        server.post("/write?db=db", BodyPublishers.ofByteArray(bomb), "Content-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void storesNothingOfABodyThatNeverEnds() throws Exception {
    try (RawClient client = server.raw()) {
      client.send(head("POST /write?db=db", "Content-Length: 100")).send("m v=1 1\nm v=2 2\n");
      assertThat(client.read().status()).isEqualTo(408);
      assertThat(client.atEnd()).isTrue();
    }
    try (RawClient client = server.raw()) {
      client.send(head("POST /write?db=db", "Content-Length: 100")).send("m v=1 1\n");
    }
    assertThat(server.post("/write?db=db", "other v=1").statusCode()).isEqualTo(204);
    assertThat(server.storedValues()).isEqualTo(1);
  }

  @Test
  void takesABodyByteByByte() throws Exception {
    try (RawClient client = server.raw()) {
      client.send(head("POST /write?db=db", "Content-Length: 16"));
      for (byte b : "m v=1 1\nm v=2 2\n".getBytes(StandardCharsets.UTF_8)) {
        client.send(new byte[] {b});
      }
      assertThat(client.read().status()).isEqualTo(204);
    }
    assertThat(server.storedValues()).isEqualTo(2);
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      String body = "m v=" + i + "i " + i;
      requests
          .append(head("POST /write?db=db", "X-Request-Id: " + i, length(body)))
          .append(body)
          .append(head("GET /ping"));
    }
    try (RawClient client = server.raw()) {
      client.send(requests.toString());
      for (int i = 0; i < 500; i++) {
        RawClient.Answer written = client.read();
        assertThat(written.status()).isEqualTo(204);
        assertThat(written.headers()).containsEntry("request-id", Integer.toString(i));
        assertThat(client.read().status()).isEqualTo(204);
      }
    }
    assertThat(server.storedValues()).isEqualTo(500);
  }

  @Test
  void keepsTheConnectionUsableAfterAnEarlyRefusal() throws Exception {
    try (RawClient client = server.raw()) {
      client.send(head("POST /write?db=none", "Content-Length: 5")).send("m v=1");
      client.send(head("POST /write?db=db", "Content-Length: 5")).send("m v=1");
      assertThat(client.read().status()).isEqualTo(404);
      assertThat(client.read().status()).isEqualTo(204);
    }
    assertThat(server.storedValues()).isEqualTo(1);
  }

  @Test
  void saysContinueToThoseWhoWait() throws Exception {
    try (RawClient client = server.raw()) {
      client.send(head("POST /write?db=db", "Content-Length: 5", "Expect: 100-continue"));
      assertThat(client.read().status()).isEqualTo(100);
      client.send("m v=1");
      assertThat(client.read().status()).isEqualTo(204);
      client.send(head("POST /write?db=db", "Content-Length: 99999999", "Expect: 100-continue"));
      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void refusesMalformedRequests() throws Exception {
    for (String request :
        new String[] {
          "nonsense\r\n\r\n",
          head("GET /ping", "bad header\u0001: x"),
          head("POST /write?db=db", "Transfer-Encoding: chunked") + "zz\r\n",
          head("POST /write?db=db", "Content-Length: 5", "Content-Length: 6"),
        }) {
      try (RawClient client = server.raw()) {
        client.send(request);
        assertThat(client.read().status()).as(request).isEqualTo(400);
        assertThat(client.atEnd()).as(request).isTrue();
      }
    }
    try (RawClient client = server.raw()) {
      client.send(head("GET /ping", "X-Long: " + "x".repeat(100_000)));
      assertThat(client.read().status()).isEqualTo(431);
    }
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void servesVersionTwoWrites() throws Exception {
    assertThat(server.post("/api/v2/write?bucket=db&org=o&precision=ns", "m v=1 1").statusCode())
        .isEqualTo(204);
    assertThat(server.post("/api/v2/write?bucket=db%2Fautogen&org=o", "m v=1 2").statusCode())
        .isEqualTo(204);
    assertThat(server.post("/api/v2/write?bucket=db/", "m v=1 3").statusCode()).isEqualTo(204);
    assertThat(server.post("/api/v2/write?org=o", "m v=1").statusCode()).isEqualTo(404);
    assertThat(server.post("/api/v2/write?bucket=/rp", "m v=1").statusCode()).isEqualTo(404);
    assertError(
        server.post("/api/v2/write?bucket=db&precision=m", "m v=1"),
        400,
        "invalid precision \\\"m\\\" (use ns, us, ms or s)");
    assertThat(server.storedValues()).isEqualTo(3);
  }
}
