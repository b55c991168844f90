package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.catalog.Store;
import io.varve.query.model.GeneratedReader;
import io.varve.query.model.NaiveStore;
import io.varve.query.model.SingleReaderStore;
import io.varve.query.running.RunningQueries;
import io.varve.storage.model.RetentionPolicy;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Requests that are seen, killed or timed out while they run. */
class RunningStatementsTest {
  private static final String LONG_SCAN = "select mean(v) from m where v > 1000; show databases";

  private final AtomicLong now = new AtomicLong();

  private QueryEngine engine(Store store, RunningQueryLimits limits) {
    return new QueryEngine(
        store,
        Clock.systemUTC(),
        QueryLimits.defaults(),
        new RunningQueries(limits, () -> now.getAndAdd(1500)),
        QueryResources.defaults());
  }

  private static ResultCursor open(QueryEngine engine, String text) {
    return engine.influxQl(text, new QueryOptions("db", null, Map.of(), false, () -> false));
  }

  private static List<String> answer(QueryEngine engine, String text) {
    return ResultText.read(open(engine, text));
  }

  private static NaiveStore emptyStore() {
    NaiveStore store = new NaiveStore(4, false);
    store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    return store;
  }

  @Test
  void showsWhatRunsWithoutPasswords() {
    QueryEngine engine = engine(emptyStore(), RunningQueryLimits.none());
    try (ResultCursor other =
        open(engine, "show databases; create user a with password 'secret'")) {
      assertThat(other.nextStatement()).isTrue();
      assertThat(answer(engine, "show queries"))
          .containsExactly(
              "-: qid query database duration status",
              "1i \"SHOW DATABASES;\nCREATE USER a WITH PASSWORD [REDACTED]\" \"db\" \"3µs\" \"running\"",
              "2i \"SHOW QUERIES\" \"db\" \"3µs\" \"running\"");
    }
    assertThat(answer(engine, "SHOW QUERIES")).hasSize(2);
  }

  @Test
  void showsNothingThatWasOnlyParsed() {
    QueryEngine engine = engine(emptyStore(), RunningQueryLimits.none());
    try (ResultCursor other = open(engine, "show databases")) {
      assertThat(other.statementId()).isNegative();
      assertThat(engine.running().list()).isEmpty();
    }
  }

  @Test
  void aRequestThatWasReadToItsEndIsGoneBeforeItIsClosed() {
    QueryEngine engine = engine(emptyStore(), RunningQueryLimits.none());
    try (ResultCursor cursor = open(engine, "show databases")) {
      assertThat(cursor.nextStatement()).isTrue();
      assertThat(cursor.nextStatement()).isFalse();
      assertThat(engine.running().list()).isEmpty();
    }
  }

  @Test
  void killedScanEndsWithAnError() throws InterruptedException {
    QueryEngine engine =
        engine(
            new SingleReaderStore(new GeneratedReader(1000, 100_000_000_000L)),
            RunningQueryLimits.none());
    List<String> killed = new CopyOnWriteArrayList<>();
    Thread scan = new Thread(() -> killed.addAll(answer(engine, LONG_SCAN)));
    scan.start();
    while (engine.running().list().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(answer(engine, "KILL QUERY 1 ON localhost")).isEmpty();
    scan.join(60_000);
    assertThat(killed)
        .containsExactly(
            "statement 0", "error: query interrupted", "statement 1", "error: not executed");
    assertThat(answer(engine, "KILL QUERY 1")).containsExactly("error: no such query id: 1");
  }

  /** All rows are one window: when the last is read, nothing but their sort is left to do. */
  @Test
  void sortsEndWhenNobodyWaitsForThem() {
    long rows = 400_000;
    for (String call : List.of("median(v)", "mode(v)", "distinct(v)", "percentile(v, 50), *")) {
      GeneratedReader reader = new GeneratedReader(1, rows, rows);
      AtomicLong asked = new AtomicLong();
      QueryEngine engine = engine(new SingleReaderStore(reader), RunningQueryLimits.none());
      QueryOptions options =
          new QueryOptions(
              "db",
              null,
              Map.of(),
              false,
              () -> reader.batchesRead() * 1024 >= rows && asked.incrementAndGet() > 4);
      assertThat(ResultText.read(engine.influxQl("SELECT " + call + " FROM m", options)))
          .as(call)
          .containsExactly("error: query interrupted");
    }
  }

  @Test
  void longScanEndsAtItsTimeLimit() {
    QueryEngine engine =
        engine(
            new SingleReaderStore(new GeneratedReader(1000, 100_000_000_000L)),
            new RunningQueryLimits(0, 1_000_000, 0));
    assertThat(answer(engine, LONG_SCAN))
        .containsExactly(
            "statement 0",
            "error: query-timeout limit exceeded",
            "statement 1",
            "error: not executed");
    assertThat(engine.running().list()).isEmpty();
  }

  @Test
  void oneRequestTooManyIsRefusedAsAWhole() {
    QueryEngine engine = engine(emptyStore(), new RunningQueryLimits(1, 0, 0));
    try (ResultCursor other = open(engine, "show databases")) {
      assertThat(other.nextStatement()).isTrue();
      assertThat(answer(engine, "show databases; show queries"))
          .containsExactly("error: max-concurrent-queries limit exceeded(1, 1)");
    }
    assertThat(answer(engine, "show databases")).hasSize(2);
  }
}
