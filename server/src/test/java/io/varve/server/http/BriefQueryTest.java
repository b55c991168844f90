package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.NotBriefException;
import io.varve.query.QueryOptions;
import io.varve.query.ResultColumn;
import io.varve.query.ResultCursor;
import io.varve.server.encode.TestCursor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which thread a query is answered on; the answers are made up. */
class BriefQueryTest {
  private static final String QUERY = "/query?q=";

  private TestServer server;

  /** Texts of queries that were tried and answered, and on which kind of thread. */
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

  private final CountDownLatch release = new CountDownLatch(1);

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = new TestServer(directory, TestServer.options(), new MadeUp());
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.close();
  }

  private final class MadeUp implements InfluxQl {
    @Override
    public ResultCursor open(String text, QueryOptions options) {
      note(text);
      if (text.equals("slow")) {
        await();
      }
      return answer(text);
    }

    @Override
    public @Nullable ResultCursor openBrief(String text, QueryOptions options) {
      if (text.startsWith("slow")) {
        return null;
      }
      note(text);
      if (text.startsWith("not")) {
        throw new NotBriefException("made for this test");
      }
      return answer(text);
    }

    private void note(String text) {
      String thread = Thread.currentThread().getName();
      log.add(text + " " + thread.substring(0, thread.indexOf('-')));
    }

    private void await() {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private ResultCursor answer(String text) {
      TestCursor answer = new TestCursor();
      int rows = text.equals("large") ? 20_000 : 1;
      Object[] texts = new Object[rows];
      Arrays.fill(texts, text);
      answer
          .statement()
          .series("m", Map.of(), "text")
          .block(TestCursor.column(ResultColumn.Kind.STRING, texts));
      return answer;
    }
  }

  @Test
  void answersOnTheEventLoop() throws Exception {
    assertThat(server.get(QUERY + "a").body()).contains("\"values\":[[\"a\"]]");
    assertThat(log).containsExactly("a http");
  }

  @Test
  void beginsAnewOnAQueryThreadWhatIsNotBrief() throws Exception {
    assertThat(server.get(QUERY + "not").body()).contains("\"values\":[[\"not\"]]");
    assertThat(log).containsExactly("not http", "not query");
  }

  @Test
  void beginsAnewWhatHasALongAnswer() throws Exception {
    assertThat(server.get(QUERY + "large").body()).hasSizeGreaterThan(160_000);
    assertThat(log).containsExactly("large http", "large query");
  }

  @Test
  void leavesQueriesOutAfterAnAttemptGivenUp() throws Exception {
    server.get(QUERY + "not");
    server.get(QUERY + "a");
    server.get(QUERY + "b");
    assertThat(log).containsExactly("not http", "not query", "a query", "b http");
  }

  @Test
  void takesNoQueryThatStreams() throws Exception {
    server.get("/query?chunked=true&q=a");
    assertThat(log).containsExactly("a query");
  }

  @Test
  void takesOneOfSeveralThatCameAtOnce() throws Exception {
    try (RawClient client = new RawClient(server.server.port())) {
      client.send(
          RawClient.head("GET /query?q=a")
              + RawClient.head("GET /query?q=b")
              + RawClient.head("GET /query?q=c"));
      for (String text : new String[] {"a", "b", "c"}) {
        assertThat(client.read().body()).contains("\"values\":[[\"" + text + "\"]]");
      }
      assertThat(log.take()).isEqualTo("a http");
      assertThat(log.take()).isEqualTo("b query");
    }
  }

  @Test
  void answersOthersWhileAQueryIsSlow() throws Exception {
    try (RawClient slow = new RawClient(server.server.port())) {
      slow.send(RawClient.head("GET /query?q=slow"));
      assertThat(log.take()).isEqualTo("slow query");
      // More connections than there are event loops.
      for (int i = 0; i < 40; i++) {
        try (RawClient other = new RawClient(server.server.port())) {
          assertThat(other.send(RawClient.head("GET /query?q=a")).read().status()).isEqualTo(200);
        }
      }
      release.countDown();
      assertThat(slow.read().body()).contains("slow");
    }
  }

  @Test
  void compressesInOnePiece() throws Exception {
    String text = "x".repeat(3_000);
    try (RawClient client = new RawClient(server.server.port())) {
      RawClient.Answer answer =
          client.send(RawClient.head("GET /query?q=" + text, "Accept-Encoding: gzip")).read();
      assertThat(answer.headers()).containsEntry("content-encoding", "gzip");
      assertThat(Integer.parseInt(answer.headers().get("content-length"))).isLessThan(1_000);
    }
    assertThat(log).containsExactly(text + " http");
  }
}
