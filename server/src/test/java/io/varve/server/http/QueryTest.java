package io.varve.server.http;

import static io.varve.server.encode.TestCursor.column;
import static io.varve.server.http.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryException;
import io.varve.query.QueryOptions;
import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn.Kind;
import io.varve.query.ResultCursor;
import io.varve.query.ResultSeries;
import io.varve.server.encode.TestCursor;
import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/** The road of a query through the server; the answers are made up. */
class QueryTest {
  private record Asked(String text, QueryOptions options) {}

  private TestServer server;
  private final BlockingQueue<Asked> asked = new ArrayBlockingQueue<>(16);
  private volatile InfluxQl influxQl = (text, options) -> TestServer.emptyAnswer();

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server =
        new TestServer(
            directory,
            TestServer.options(),
            (text, options) -> {
              asked.add(new Asked(text, options));
              return influxQl.open(text, options);
            });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void readsParametersFromUrlAndForm() throws Exception {
    String text = "SELECT v FROM m WHERE t = 'ä;&' ; SHOW DATABASES";
    assertThat(server.get("/query?db=a&rp=b&q=" + encode(text)).statusCode()).isEqualTo(200);
    Asked fromUrl = asked.take();
    assertThat(fromUrl.text()).isEqualTo(text);
    assertThat(fromUrl.options().database()).isEqualTo("a");
    assertThat(fromUrl.options().retentionPolicy()).isEqualTo("b");
    assertThat(fromUrl.options().readOnly()).isTrue();
    server.post(
        "/query?db=a&q=other",
        "q=" + encode(text),
        "Content-Type",
        "application/x-www-form-urlencoded");
    Asked fromForm = asked.take();
    assertThat(fromForm.text()).isEqualTo(text);
    assertThat(fromForm.options().database()).isEqualTo("a");
    assertThat(fromForm.options().readOnly()).isFalse();
    server.post(
        "/query",
        """
        --xx
        Content-Disposition: form-data; name="db"

        c
        --xx
        Content-Disposition: form-data; name="q"; filename="f"
        Content-Type: text/plain

        SELECT 1
        --xx--
        """
            .replace("\n", "\r\n"),
        "Content-Type",
        "multipart/form-data; boundary=xx");
    Asked fromParts = asked.take();
    assertThat(fromParts.text()).isEqualTo("SELECT 1");
    assertThat(fromParts.options().database()).isEqualTo("c");
    server.post("/query?q=SELECT+2", "", "Content-Type", "application/json");
    assertThat(asked.take().text()).isEqualTo("SELECT 2");
  }

  @Test
  void bindsParameters() throws Exception {
    String params = "{\"i\":1,\"f\":1.0,\"s\":\"x\",\"b\":true}";
    server.get("/query?q=x&params=" + encode(params));
    assertThat(asked.take().options().parameters())
        .isEqualTo(Map.of("i", 1L, "f", 1.0, "s", "x", "b", true));
    params =
        "{\"d\":{\"duration\":\"1m\"},\"deep\":{\"a\":{\"b\":[1]}},\"list\":[{}],\"none\":null}";
    server.get("/query?q=x&params=" + encode(params));
    assertThat(asked.take().options().parameters())
        .isEqualTo(
            Map.of(
                "d", Map.of("duration", "1m"),
                "deep", Map.of("a", List.of()),
                "list", List.of(),
                "none", Optional.empty()));
    for (String bad : new String[] {"[1]", "{\"a\":", "{\"a\":[", "x"}) {
      HttpResponse<String> answer = server.get("/query?q=x&params=" + encode(bad));
      assertThat(answer.statusCode()).as(bad).isEqualTo(400);
      assertThat(answer.body()).contains("error parsing query parameters: ");
    }
  }

  @Test
  void wantsAQuery() throws Exception {
    for (String path : new String[] {"/query", "/query?q=", "/query?q=%20%20"}) {
      HttpResponse<String> answer = server.get(path);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo("{\"error\":\"missing required parameter \\\"q\\\"\"}\n");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void reportsWhatDoesNotParse() throws Exception {
    influxQl =
        (text, options) -> {
          throw new QueryException("found \"x\", expected SELECT at line 1, char 1");
        };
    HttpResponse<String> answer = server.get("/query?q=x");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":\"error parsing query: found \\\"x\\\", expected SELECT at line 1, char"
                + " 1\"}\n");
    HttpResponse<String> csv = server.get("/query?q=x", "Accept", "text/csv");
    assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv");
    assertThat(csv.body()).startsWith("error\n\"error parsing query: ");
  }

  @Test
  void reportsItsOwnFaultsWithoutDetails() throws Exception {
    influxQl =
        (text, options) -> {
          throw new IllegalStateException("a bug of ours, made for this test");
        };
    HttpResponse<String> answer = server.get("/query?q=x");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("{\"error\":\"internal error\"}\n");
    assertThat(server.get("/ping").statusCode()).isEqualTo(204);
  }

  @Test
  void answersInTheFormatAskedFor() throws Exception {
    influxQl =
        (text, options) -> {
          TestCursor answer = new TestCursor();
          answer
              .statement()
              .series("m", Map.of(), "time", "v")
              .block(column(Kind.TIME, 1_000_000L), column(Kind.FLOAT, 1.5));
          return answer;
        };
    assertThat(server.get("/query?q=x&epoch=ms").body())
        .isEqualTo(
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"m\",\"columns\":"
                + "[\"time\",\"v\"],\"values\":[[1,1.5]]}]}]}\n");
    assertThat(server.get("/query?q=x&pretty=true").body())
        .contains("\n            \"statement_id\": 0,\n");
    HttpResponse<String> csv =
        server.get("/query?q=x", "Accept", "text/html, application/csv;q=0.5, text/csv;q=0.9");
    assertThat(csv.body()).isEqualTo("name,tags,time,v\nm,,1000000,1.5\n");
    assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv");
    assertThat(server.get("/query?q=x&epoch=ms", "Accept", "*/*, text/csv;q=0.5").body())
        .startsWith("{\"results\"");
  }

  @Test
  void answersInMessagePack() throws Exception {
    influxQl = (text, options) -> rows(Integer.parseInt(text), () -> false, new AtomicLong());
    HttpResponse<byte[]> answer =
        server.client.send(
            HttpRequest.newBuilder(server.uri("/query?epoch=ns&q=3"))
                .header("Accept", "application/x-msgpack")
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-msgpack");
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(answer.body())) {
      assertThat(unpacker.unpackValue().toJson())
          .isEqualTo(server.get("/query?epoch=ns&q=3").body().strip());
    }
    HttpResponse<byte[]> refusal =
        server.client.send(
            HttpRequest.newBuilder(server.uri("/query"))
                .header("Accept", "application/x-msgpack")
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(refusal.statusCode()).isEqualTo(400);
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(refusal.body())) {
      assertThat(unpacker.unpackValue().toJson())
          .isEqualTo("{\"error\":\"missing required parameter \\\"q\\\"\"}");
    }
  }

  @Test
  void refusesAMessagePackAnswerThatMemoryCannotHold() throws Exception {
    String text = "x".repeat(1 << 20);
    influxQl =
        (query, options) -> {
          TestCursor large = new TestCursor();
          TestCursor.Series series = large.statement().series("m", Map.of(), "s");
          for (int i = 0; i < 70; i++) {
            series.block(column(Kind.STRING, text));
          }
          return large;
        };
    HttpResponse<String> answer =
        server.get("/query?q=x&epoch=ns", "Accept", "application/x-msgpack");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("ask for chunked=true");
  }

  @Test
  void compressesLongAnswersForThoseWhoAsk() throws Exception {
    influxQl = (text, options) -> rows(Integer.parseInt(text), () -> false, new AtomicLong());
    String plain = server.get("/query?epoch=ns&q=5000").body();
    HttpResponse<byte[]> answer =
        server.client.send(
            HttpRequest.newBuilder(server.uri("/query?epoch=ns&q=5000"))
                .header("Accept-Encoding", "gzip")
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    assertThat(answer.body()).hasSizeLessThan(plain.length() / 2);
    try (GZIPInputStream inflated = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(new String(inflated.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
    }
    HttpResponse<String> small = server.get("/query?q=1", "Accept-Encoding", "gzip");
    assertThat(small.headers().firstValue("Content-Encoding")).isEmpty();
  }

  @Test
  void streamsChunks() throws Exception {
    influxQl = (text, options) -> rows(25, () -> false, new AtomicLong());
    HttpResponse<String> answer = server.get("/query?q=x&chunked=true&chunk_size=10&epoch=ns");
    assertThat(answer.body().lines()).hasSize(3);
    assertThat(answer.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
  }

  @Test
  void waitsForASlowClientInsteadOfBuffering() throws Exception {
    AtomicLong made = new AtomicLong();
    int total = 3_000_000;
    influxQl = (text, options) -> rows(total, options.cancelled(), made);
    try (RawClient client = server.raw()) {
      client.send(head("GET /query?q=x&epoch=ns"));
      long before = -1;
      while (made.get() != before || before == 0) {
        before = made.get();
        TimeUnit.MILLISECONDS.sleep(200);
      }
      assertThat(made.get()).isLessThan(total / 2);
      RawClient.Answer answer = client.read();
      assertThat(answer.body()).endsWith("[2999999,2999999]]}]}]}\n");
    }
    assertThat(made).hasValue(total);
  }

  @Test
  void disconnectsAClientThatTakesNothing() throws Exception {
    AtomicLong made = new AtomicLong();
    CountDownLatch closed = new CountDownLatch(1);
    influxQl =
        (text, options) -> rows(Integer.MAX_VALUE, options.cancelled(), made, closed::countDown);
    try (RawClient client = server.raw()) {
      client.send(head("GET /query?q=x&epoch=ns"));
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void cancelsTheQueryOfAClientThatLeaves() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    AtomicLong waited = new AtomicLong();
    influxQl =
        (text, options) -> {
          while (!options.cancelled().getAsBoolean()) {
            waited.incrementAndGet();
            Thread.onSpinWait();
          }
          return rows(1, () -> true, new AtomicLong(), closed::countDown);
        };
    try (RawClient client = server.raw()) {
      client.send(head("GET /query?q=x"));
      asked.take();
    }
    assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void refusesQueriesThatWouldWaitTooLong() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    influxQl =
        (text, options) -> {
          await(go);
          return TestServer.emptyAnswer();
        };
    RawClient[] clients = new RawClient[5];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = server.raw();
    }
    try {
      for (int i = 0; i < 2; i++) {
        clients[i].send(head("GET /query?q=x"));
      }
      asked.take();
      asked.take();
      for (int i = 2; i < clients.length; i++) {
        clients[i].send(head("GET /query?q=x"));
      }
      RawClient.Answer refused = firstAnswer(clients, 2);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.headers()).containsKey("retry-after");
    } finally {
      go.countDown();
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void finishesRequestsInProgressWhenItStops() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    influxQl =
        (text, options) -> {
          await(go);
          return TestServer.emptyAnswer();
        };
    try (RawClient busy = server.raw();
        RawClient idle = server.raw()) {
      idle.send(head("GET /ping"));
      assertThat(idle.read().status()).isEqualTo(204);
      busy.send(head("GET /query?q=x"));
      asked.take();
      Thread stopper = new Thread(server.server::close);
      stopper.start();
      assertThat(idle.atEnd()).isTrue();
      go.countDown();
      RawClient.Answer answer = busy.read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(busy.atEnd()).isTrue();
      stopper.join(20_000);
      assertThat(stopper.isAlive()).isFalse();
    }
  }

  @Test
  void servesOldClientsWithoutChunks() throws Exception {
    influxQl = (text, options) -> rows(50_000, () -> false, new AtomicLong());
    try (RawClient client = server.raw()) {
      client.send("GET /query?q=x&epoch=ns HTTP/1.0\r\n\r\n");
      String all =
          new String(client.socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(all).startsWith("HTTP/1.1 200 OK\r\n").endsWith("[49999,49999]]}]}]}\n");
      assertThat(all).doesNotContain("chunked");
    }
  }

  private static RawClient.Answer firstAnswer(RawClient[] clients, int from) throws Exception {
    while (true) {
      for (int i = from; i < clients.length; i++) {
        if (clients[i].socket.getInputStream().available() > 0) {
          return clients[i].read();
        }
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ResultCursor rows(int count, BooleanSupplier cancelled, AtomicLong made) {
    return rows(count, cancelled, made, () -> {});
  }

  /** A statement with one series whose rows are made when asked for, a block at a time. */
  private static ResultCursor rows(
      int count, BooleanSupplier cancelled, AtomicLong made, Runnable onClose) {
    return new ResultCursor() {
      private static final int BLOCK = 1000;
      private boolean statement;
      private boolean series;
      private TestCursor block = new TestCursor();

      @Override
      public boolean nextStatement() {
        boolean first = !statement;
        statement = true;
        return first;
      }

      @Override
      public int statementId() {
        return 0;
      }

      @Override
      public @Nullable String error() {
        return null;
      }

      @Override
      public List<String> warnings() {
        return List.of();
      }

      @Override
      public boolean nextSeries() {
        boolean first = !series;
        series = true;
        return first;
      }

      @Override
      public ResultSeries series() {
        return new ResultSeries("m", new TreeMap<>(), List.of("time", "v"));
      }

      @Override
      public boolean nextBlock() {
        long from = made.get();
        int size = (int) Math.min(BLOCK, count - from);
        if (size <= 0 || cancelled.getAsBoolean()) {
          return false;
        }
        Long[] values = new Long[size];
        for (int i = 0; i < size; i++) {
          values[i] = from + i;
        }
        block = new TestCursor();
        block
            .statement()
            .series("m", Map.of(), "time", "v")
            .block(column(Kind.TIME, (Object[]) values), column(Kind.INTEGER, (Object[]) values));
        block.nextStatement();
        block.nextSeries();
        block.nextBlock();
        made.addAndGet(size);
        return true;
      }

      @Override
      public ResultBlock block() {
        return block.block();
      }

      @Override
      public void close() {
        onClose.run();
      }
    };
  }
}
