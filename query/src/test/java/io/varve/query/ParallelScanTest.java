package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.model.NaiveStore;
import io.varve.storage.model.RetentionPolicy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What several threads answer is what one does, to the last digit. */
class ParallelScanTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(400), ZoneOffset.UTC);

  private static final String[] QUERIES = {
    "SELECT * FROM m",
    "SELECT * FROM m GROUP BY *",
    "SELECT f, i FROM m WHERE f > 0.3 AND host != 'h3' GROUP BY host, dc ORDER BY time DESC",
    "SELECT f * 2 + i AS x, abs(f) FROM m GROUP BY host, dc LIMIT 3 OFFSET 1",
    "SELECT f FROM m WHERE s =~ /1/ ORDER BY time DESC LIMIT 7",
    "SELECT sum(f), mean(f), stddev(f), count(s), spread(i) FROM m",
    "SELECT sum(f), mean(f), stddev(f), spread(f) FROM m WHERE time >= 0s GROUP BY time(7s)",
    "SELECT mean(f), max(i) FROM m WHERE time >= 0s GROUP BY host, time(20s) fill(previous)",
    "SELECT max(f) FROM m",
    "SELECT first(s), last(s), min(i), max(f) FROM m",
    "SELECT last(f), host FROM m GROUP BY dc",
    "SELECT median(f), mode(i), percentile(f, 90) FROM m GROUP BY host",
    "SELECT sum(f) / count(f) FROM m WHERE f + i > 0 AND time >= 0s GROUP BY time(1m, 7s), dc",
    "SELECT sum(f) FROM m WHERE time >= 0s GROUP BY time(1m) TZ('Europe/Paris')",
    "SELECT derivative(mean(f), 1s) FROM m WHERE time >= 0s GROUP BY host, time(10s)",
    "SELECT top(f, 3), host FROM m GROUP BY dc",
    "SELECT mean(x) FROM (SELECT max(f) AS x FROM m WHERE time >= 0s GROUP BY host, time(5s))"
  };

  /** Floats whose sum depends on the order in which they are added. */
  private static NaiveStore store(SplittableRandom random) {
    NaiveStore store = new NaiveStore(1 + random.nextInt(9), random.nextBoolean());
    store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    int series = 1 + random.nextInt(12);
    for (int row = 0; row < 150; row++) {
      int number = random.nextInt(series);
      PointText.put(
          store.database("db")::put,
          null,
          "m,host=h"
              + number / 2
              + ",dc=d"
              + number % 2
              + (random.nextInt(4) > 0 ? " f=" + (random.nextDouble() - 0.5) * 1e3 : " f=0.1")
              + (random.nextInt(4) > 0 ? ",i=" + random.nextInt(50) + "i" : "")
              + (random.nextInt(4) > 0 ? ",s=\"s" + random.nextInt(20) + "\"" : "")
              + " "
              + random.nextInt(300)
              + "s");
    }
    return store;
  }

  private static List<String> answer(NaiveStore store, QueryResources resources, String text) {
    QueryEngine engine = new QueryEngine(store, CLOCK, QueryLimits.defaults(), resources);
    List<String> answer =
        ResultText.read(
            engine.influxQl(text, new QueryOptions("db", null, Map.of(), false, () -> false)));
    assertThat(resources.usedBytes()).as(text).isZero();
    assertThat(store.openReaders()).as(text).isZero();
    return answer;
  }

  @Test
  void answersWhatOneThreadAnswers() {
    String given = System.getProperty("varve.seed");
    long first = given == null ? System.nanoTime() : Long.parseLong(given);
    QueryResources three = new QueryResources(3, Long.MAX_VALUE, 1);
    QueryResources one = new QueryResources(1, Long.MAX_VALUE, 1);
    for (int round = 0; round < (given == null ? 100 : 1); round++) {
      NaiveStore store = store(new SplittableRandom(first + round));
      for (String text : QUERIES) {
        assertThat(answer(store, three, text))
            .as("-Dvarve.seed=%d %s", first + round, text)
            .isEqualTo(answer(store, one, text))
            .noneMatch(line -> line.startsWith("error"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT f FROM m GROUP BY *",
        "SELECT sum(f) FROM m",
        "SELECT f FROM m",
        "SELECT mean(f) FROM m WHERE time >= 0s GROUP BY host, time(5s)"
      })
  void endsWhereverItIsCancelledAndLeavesNothingBehind(String text) {
    NaiveStore store = store(new SplittableRandom(7));
    QueryResources resources = new QueryResources(3, Long.MAX_VALUE, 1);
    QueryEngine engine = new QueryEngine(store, CLOCK, QueryLimits.defaults(), resources);
    boolean whole = false;
    for (int patience = 0; !whole; patience += 3) {
      AtomicInteger asked = new AtomicInteger();
      int most = patience;
      List<String> answer =
          ResultText.read(
              engine.influxQl(
                  text,
                  new QueryOptions(
                      "db", null, Map.of(), false, () -> asked.incrementAndGet() > most)));
      whole = asked.get() <= most;
      if (!whole) {
        assertThat(answer).last().isEqualTo("error: query interrupted");
      }
      assertThat(store.openReaders()).isZero();
      assertThat(resources.usedBytes()).isZero();
    }
  }

  @Test
  void closingInTheMiddleStopsHelpers() {
    NaiveStore store = store(new SplittableRandom(7));
    QueryResources resources = new QueryResources(3, Long.MAX_VALUE, 1);
    QueryEngine engine = new QueryEngine(store, CLOCK, QueryLimits.defaults(), resources);
    for (int blocks = 0; blocks < 6; blocks++) {
      ResultCursor cursor =
          engine.influxQl(
              "SELECT * FROM m GROUP BY *",
              new QueryOptions("db", null, Map.of(), false, () -> false));
      cursor.nextStatement();
      for (int b = 0; b < blocks && cursor.nextSeries(); b++) {
        cursor.nextBlock();
      }
      cursor.close();
      assertThat(store.openReaders()).isZero();
      assertThat(resources.usedBytes()).isZero();
    }
  }

  @Test
  void goesOnAloneWhenPartsTogetherNeedTooMuch() {
    NaiveStore store = store(new SplittableRandom(11));
    String text = "SELECT mean(f), max(i) FROM m WHERE time >= 0s GROUP BY host, dc, time(1s)";
    // Enough for the windows of one group, not for what waits of others.
    QueryLimits tight = new QueryLimits(1000, 1000, 36_000);
    List<List<String>> answers = new ArrayList<>();
    for (int workers : new int[] {1, 4}) {
      QueryResources resources = new QueryResources(workers, Long.MAX_VALUE, 1);
      QueryEngine engine = new QueryEngine(store, CLOCK, tight, resources);
      answers.add(
          ResultText.read(
              engine.influxQl(text, new QueryOptions("db", null, Map.of(), false, () -> false))));
      assertThat(resources.usedBytes()).isZero();
    }
    assertThat(answers.get(0)).noneMatch(line -> line.startsWith("error"));
    assertThat(answers.get(1)).isEqualTo(answers.get(0));
  }

  @Test
  void namesTheLimitOfAllQueriesTogether() {
    NaiveStore store = store(new SplittableRandom(5));
    QueryEngine engine =
        new QueryEngine(store, CLOCK, QueryLimits.defaults(), new QueryResources(2, 500));
    assertThat(
            ResultText.read(
                engine.influxQl(
                    "SELECT mean(f) FROM m WHERE time >= 0s GROUP BY time(1s)",
                    new QueryOptions("db", null, Map.of(), false, () -> false))))
        .last()
        .asString()
        .startsWith("error: max-query-memory limit exceeded: ");
  }

  @Test
  void refusesToReadTooManyPoints() {
    NaiveStore store = store(new SplittableRandom(5));
    QueryLimits limits = new QueryLimits(1000, 1000, 1 << 20, 20);
    QueryEngine engine = new QueryEngine(store, CLOCK, limits, new QueryResources(2, 1 << 20, 1));
    assertThat(
            ResultText.read(
                engine.influxQl(
                    "SELECT f FROM m", new QueryOptions("db", null, Map.of(), false, () -> false))))
        .last()
        .asString()
        .startsWith("error: max-select-point limit exceeded: (");
  }
}
