package io.varve.server.subscription;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.varve.query.QueryEngine;
import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;
import io.varve.query.Subscriptions;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a real store, with receivers on loopback. */
class SubscriptionServiceTest {
  private static final String NOBODY = "udp://127.0.0.1:9";

  @TempDir private Path directory;
  private Varve store;
  private final ServerMetrics metrics = new ServerMetrics();
  private SubscriptionService service;
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger status = new AtomicInteger(204);
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private volatile boolean waits;
  private HttpServer http;

  @BeforeEach
  void open() throws IOException {
    store = Varve.open(directory);
    store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    service = SubscriptionService.start(store, metrics);
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          String user = exchange.getRequestHeaders().getFirst("Authorization");
          requests.add(exchange.getRequestURI() + " " + user + "\n" + body);
          await();
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    http.start();
  }

  private void await() {
    try {
      if (waits) {
        mayAnswer.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void close() {
    mayAnswer.countDown();
    service.close();
    store.close();
    http.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  private void subscribe(String name, boolean toAll, String... destinations) {
    new Subscriptions(store).create("db", "autogen", name, toAll, List.of(destinations));
  }

  private void write(String policy, String measurement, long time) {
    PointBatch batch = new PointBatch();
    batch.beginRow(SeriesKey.of(measurement, Map.of("t", "a b")));
    batch.add("v", time);
    batch.endRow(time);
    requireNonNull(store.database("db")).write(policy, batch).join();
  }

  private String take() throws InterruptedException {
    String request = requests.poll(30, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request;
  }

  /** Counters follow the answers of destinations. */
  private void awaitCounts(long points, long failures) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (metrics.subscribedPoints.sum() != points
        || metrics.failedSubscriptionWrites.sum() != failures) {
      assertThat(System.nanoTime() - end)
          .as("%s, %s", metrics.subscribedPoints, metrics.failedSubscriptionWrites)
          .isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void postsPointsOfThePolicyAsLineProtocol() throws Exception {
    requireNonNull(store.database("db"))
        .createRetentionPolicy(RetentionPolicy.of("other", 0), false);
    subscribe("s", true, url().replace("//", "//user:word@") + "/below");
    write("other", "elsewhere", 1);
    write("autogen", "m", 2);
    assertThat(take())
        .isEqualTo(
            """
            /below/write?consistency=&db=db&precision=ns&rp=autogen Basic dXNlcjp3b3Jk
            m,t=a\\ b v=2i 2
            """);
    awaitCounts(1, 0);
  }

  @Test
  void sendsDatagrams() throws Exception {
    try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      receiver.setSoTimeout(30_000);
      subscribe("s", true, "udp://127.0.0.1:" + receiver.getLocalPort());
      PointBatch batch = new PointBatch();
      for (int row = 0; row < 200; row++) {
        batch.beginRow(SeriesKey.of("m", Map.of()));
        batch.add("v", "text \"with\"\nnewline " + row);
        batch.endRow(row);
      }
      requireNonNull(store.database("db")).write("autogen", batch).join();
      StringBuilder received = new StringBuilder();
      while (received.toString().split("m v=", -1).length < 201) {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        receiver.receive(packet);
        String text = new String(packet.getData(), 0, packet.getLength(), UTF_8);
        assertThat(packet.getLength()).isLessThanOrEqualTo(1400);
        assertThat(text).startsWith("m v=").endsWith("\n");
        received.append(text);
      }
      assertThat(received).contains("m v=\"text \\\"with\\\"\nnewline 199\" 199\n");
    }
  }

  @Test
  void triesDestinationsInTurnUntilOneTakesABatch() throws Exception {
    subscribe("s", false, url() + "/one", url() + "/two");
    write("autogen", "m", 1);
    assertThat(take()).startsWith("/one/write");
    awaitCounts(1, 0);
    write("autogen", "m", 2);
    assertThat(take()).startsWith("/two/write");
    awaitCounts(2, 0);
    status.set(500);
    write("autogen", "m", 3);
    assertThat(take()).startsWith("/one/write");
    assertThat(take()).startsWith("/two/write");
    awaitCounts(2, 1);
  }

  @Test
  void sendsToAllEvenIfOneFails() throws Exception {
    subscribe("s", true, "http://127.0.0.1:1", url());
    write("autogen", "m", 1);
    assertThat(take()).contains("m,t=a\\ b v=1i 1");
    awaitCounts(0, 1);
  }

  @Test
  void dropsWhatDoesNotFitTheQueueAndNeverHoldsUpWriters() throws Exception {
    waits = true;
    subscribe("s", true, url());
    write("autogen", "m", 0);
    take();
    for (int i = 1; i <= Forwarder.MAX_BATCHES + 5; i++) {
      write("autogen", "m", i);
    }
    awaitCounts(0, 5);
    mayAnswer.countDown();
    awaitCounts(Forwarder.MAX_BATCHES + 1, 5);
  }

  @Test
  void followsStatements() throws Exception {
    subscribe("s", true, url());
    write("autogen", "m", 1);
    take();
    new Subscriptions(store).drop("db", "autogen", "s");
    write("autogen", "m", 2);
    subscribe("t", true, url());
    write("autogen", "m", 3);
    assertThat(take()).contains("v=3i 3");
  }

  @Test
  void remembersSubscriptionsAcrossARestart() throws Exception {
    subscribe("s", true, url());
    service.close();
    store.close();
    store = Varve.open(directory);
    service = SubscriptionService.start(store, metrics);
    write("autogen", "m", 4);
    assertThat(take()).contains("v=4i 4");
  }

  @Test
  void passesOnWhatSelectIntoWrites() throws Exception {
    write("autogen", "m", 5);
    subscribe("s", true, url());
    QueryEngine engine = new QueryEngine(store, Clock.systemUTC());
    engine.count(service::stats);
    run(engine, "SELECT v INTO copy FROM m");
    assertThat(take()).contains("copy v=5i 5");
    awaitCounts(1, 0);
    assertThat(run(engine, "SHOW STATS FOR 'subscriber'"))
        .isEqualTo("{} [0, 1, 0]\n{destination=" + url() + "} [1, 0]\n");
  }

  /** Tags, of which only the destination, and numbers of each table. */
  private static String run(QueryEngine engine, String text) {
    StringBuilder out = new StringBuilder();
    QueryOptions options = new QueryOptions("db", null, Map.of(), false, () -> false);
    try (ResultCursor answer = engine.influxQl(text, options)) {
      assertThat(answer.nextStatement()).isTrue();
      while (answer.nextSeries()) {
        Map<String, String> tags = new TreeMap<>(answer.series().tags());
        tags.keySet().retainAll(List.of("destination"));
        int columns = answer.series().columns().size();
        while (answer.nextBlock()) {
          var block = answer.block();
          List<Long> numbers = new ArrayList<>();
          for (int column = 0; column < columns; column++) {
            numbers.add(block.column(column).longs()[0]);
          }
          out.append(tags).append(' ').append(numbers).append('\n');
        }
      }
      assertThat(answer.error()).isNull();
    }
    return out.toString();
  }

  @Test
  void limitsTheirNumber() {
    for (int i = 0; i < Subscriptions.MAX_COUNT; i++) {
      subscribe("s" + i, true, NOBODY);
    }
    assertThatThrownBy(() -> subscribe("one more", true, NOBODY))
        .hasMessage("there are 64 subscriptions, which is the limit");
  }
}
