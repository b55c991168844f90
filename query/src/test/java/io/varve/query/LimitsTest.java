package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.catalog.Store;
import io.varve.query.model.GeneratedReader;
import io.varve.query.model.NaiveStore;
import io.varve.query.model.SingleReaderStore;
import io.varve.storage.model.RetentionPolicy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that are too large, too long, or given up. */
class LimitsTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(100), ZoneOffset.UTC);

  private static ResultCursor query(
      Store store, QueryLimits limits, String text, BooleanSupplier cancelled) {
    return query(store, limits, QueryResources.defaults(), text, cancelled);
  }

  private static ResultCursor query(
      Store store,
      QueryLimits limits,
      QueryResources resources,
      String text,
      BooleanSupplier cancelled) {
    return new QueryEngine(store, CLOCK, limits, resources)
        .influxQl(text, new QueryOptions("db", null, Map.of(), false, cancelled));
  }

  private static List<String> answer(QueryLimits limits, String text) {
    return ResultText.read(query(points(), limits, text, () -> false));
  }

  /** Three series of twenty rows, a second apart. */
  private static NaiveStore points() {
    NaiveStore store = new NaiveStore(4, false);
    store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    for (int row = 0; row < 60; row++) {
      PointText.put(
          store.database("db")::put, null, "m,id=" + row % 3 + " v=" + row + " " + row + "s");
    }
    return store;
  }

  @Test
  void refusesTooManySeries() {
    assertThat(answer(new QueryLimits(100, 2, 1 << 20), "SELECT count(v) FROM m"))
        .containsExactly("error: max-select-series limit exceeded: (3/2)");
  }

  @Test
  void boundsWhatExpressionsWorkIn() {
    QueryLimits limits = new QueryLimits(100, 100, 1 << 20);
    String few = "SELECT v FROM m WHERE v > 1" + " AND v > 1.5".repeat(50);
    assertThat(answer(limits, few)).hasSize(1 + 58);
    for (String many :
        List.of(
            "SELECT v FROM m WHERE v > 1" + " AND v > 1.5".repeat(70),
            "SELECT v" + " + v".repeat(50) + " FROM m",
            "SELECT mean(v)" + " + mean(v)".repeat(50) + " FROM m",
            "SELECT " + "abs(".repeat(70) + "v" + ")".repeat(70) + " FROM m")) {
      assertThat(answer(limits, many))
          .singleElement()
          .asString()
          .startsWith("error: max-select-memory limit exceeded: the query needs ");
    }
    String tags = "SELECT v FROM m WHERE id = '1'" + " OR id = '7'".repeat(5_000);
    assertThat(answer(limits, tags)).hasSize(1 + 20);
  }

  @Test
  void refusesTooManyWindowsBeforeReading() {
    String text = "SELECT count(v) FROM m WHERE time >= 0s AND time < 30s GROUP BY time(1s)";
    assertThat(answer(new QueryLimits(29, 100, 1 << 20), text))
        .containsExactly("error: max-select-buckets limit exceeded: (30/29)");
    assertThat(answer(new QueryLimits(30, 100, 1 << 20), text)).hasSize(31);
  }

  @Test
  void refusesTooManyWindowsWhereOnlyDataTellHowMany() {
    assertThat(
            answer(
                new QueryLimits(50, 100, 1 << 20),
                "SELECT count(v) FROM m WHERE time < 60s GROUP BY time(1s)"))
        .singleElement()
        .asString()
        .startsWith("error: max-select-buckets limit exceeded: (");
  }

  @Test
  void refusesTooMuchState() {
    assertThat(
            answer(
                new QueryLimits(1000, 100, 200),
                "SELECT max(v), min(v) FROM m WHERE time < 60s GROUP BY time(1s)"))
        .singleElement()
        .asString()
        .startsWith("error: max-select-memory limit exceeded: the query needs ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT v FROM m",
        "SELECT v FROM m GROUP BY id",
        "SELECT count(v) FROM m",
        "SELECT count(v) FROM m GROUP BY id, time(1s)",
        "SELECT last(v) FROM m GROUP BY id",
        "SELECT v FROM m WHERE v > 100",
        "SHOW SERIES",
        "SHOW TAG VALUES WITH KEY = id WHERE id != 'x'",
        "SHOW TAG KEYS FROM m WHERE id != 'x'",
        "SELECT sample(v, 5), mean(v), difference(v) FROM m GROUP BY id"
      })
  void endsWhereverItIsCancelled(String text) {
    int uncancelled = 0;
    for (int patience = 0; uncancelled == 0; patience++) {
      NaiveStore store = points();
      AtomicInteger asked = new AtomicInteger();
      int most = patience;
      List<String> answer =
          ResultText.read(
              query(store, QueryLimits.defaults(), text, () -> asked.incrementAndGet() > most));
      assertThat(store.openReaders()).isZero();
      if (asked.get() > patience) {
        assertThat(answer).last().isEqualTo("error: query interrupted");
      } else {
        assertThat(answer).noneMatch(line -> line.startsWith("error"));
        uncancelled++;
      }
      // The naive store cuts the sixty rows into fifteen batches.
      assertThat(patience).isLessThan(500);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "moving_average(v, 9223372036854775807)",
        "kaufmans_efficiency_ratio(v, 9223372036854775807)",
        "kaufmans_adaptive_moving_average(v, 9223372036854775807)",
        "chande_momentum_oscillator(v, 9223372036854775807)"
      })
  void refusesPeriodsThatDoNotFitIntoMemory(String call) {
    assertThat(answer(QueryLimits.defaults(), "SELECT " + call + " FROM m"))
        .singleElement()
        .asString()
        .startsWith("error: max-select-memory limit exceeded: the query needs ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "top(v, 9223372036854775807)",
        "bottom(v, 9223372036854775807)",
        "sample(v, 9223372036854775807)",
        "elapsed(v, 9223372036854775807ns)",
        "derivative(v, 9223372036854775807ns)",
        "integral(v, 9223372036854775807ns)"
      })
  void takesHugeArgumentsThatCostNothing(String call) {
    assertThat(answer(QueryLimits.defaults(), "SELECT " + call + " FROM m"))
        .isNotEmpty()
        .noneMatch(line -> line.startsWith("error"));
  }

  @Test
  void refusesForecastsThatAreTooLarge() {
    String from = " FROM m WHERE time >= 0s AND time < 60s GROUP BY time(1s)";
    assertThat(
            answer(
                QueryLimits.defaults(),
                "SELECT holt_winters(max(v), 9223372036854775807, 0)" + from))
        .containsExactly(
            "error: max-select-buckets limit exceeded: (9223372036854775807/10000000)");
    assertThat(
            answer(
                new QueryLimits(1000, 100, 1 << 15), "SELECT holt_winters(max(v), 1, 60)" + from))
        .singleElement()
        .asString()
        .startsWith("error: max-select-memory limit exceeded: the query needs ");
    assertThat(
            answer(
                QueryLimits.defaults(),
                "SELECT holt_winters(max(v), 1, 9223372036854775807)" + from))
        .isEmpty();
  }

  @Test
  void refusesTooManyColumns() {
    assertThat(answer(QueryLimits.defaults(), "SELECT " + "v, ".repeat(16_384) + "v FROM m"))
        .containsExactly("error: a SELECT may have 16384 columns, this one has 16385");
  }

  @Test
  void integersWrapAroundAndNothingDividesByZero() {
    NaiveStore store = new NaiveStore(4, true);
    store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    PointText.put(store.database("db")::put, null, "m i=9223372036854775807i,f=2.5 0s");
    PointText.put(store.database("db")::put, null, "m i=1i 1s");
    assertThat(
            ResultText.read(
                query(store, QueryLimits.defaults(), "SELECT sum(i) FROM m", () -> false)))
        .containsExactly("m: time sum", "0s -9223372036854775808i");
    assertThat(
            ResultText.read(
                query(
                    store,
                    QueryLimits.defaults(),
                    "SELECT i / 0 AS a, i % 0 AS b, f / 0 AS c, f % 0 AS d, i + i AS e FROM m"
                        + " WHERE time = 0",
                    () -> false)))
        .containsExactly("m: time a b c d e", "0s 0 0i 0 null -2i");
  }

  @Test
  void closingInTheMiddleClosesSnapshots() {
    NaiveStore store = points();
    ResultCursor cursor =
        query(store, QueryLimits.defaults(), "SELECT v FROM m GROUP BY id", () -> false);
    assertThat(cursor.nextStatement()).isTrue();
    assertThat(cursor.nextSeries()).isTrue();
    assertThat(cursor.nextBlock()).isTrue();
    assertThat(store.openReaders()).isEqualTo(1);
    cursor.close();
    assertThat(store.openReaders()).isZero();
    assertThat(cursor.nextStatement()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "' ORDER BY time DESC', 1", "'', 3", "' ORDER BY time DESC', 3"})
  void mergesMoreRowsThanFitIntoMemory(String order, int workers) {
    int series = 7;
    long rowsPerSeries = 300_000;
    GeneratedReader reader = new GeneratedReader(series, rowsPerSeries);
    long bytes = 2 << 20;
    QueryLimits limits = new QueryLimits(1000, 1000, bytes);
    QueryResources resources = new QueryResources(workers, bytes, 1);
    long rows = 0;
    long previous = order.isEmpty() ? Long.MIN_VALUE : Long.MAX_VALUE;
    try (ResultCursor cursor =
        query(
            new SingleReaderStore(reader),
            limits,
            resources,
            "SELECT v FROM m" + order,
            () -> false)) {
      assertThat(cursor.nextStatement()).isTrue();
      assertThat(cursor.nextSeries()).isTrue();
      while (cursor.nextBlock()) {
        ResultBlock block = cursor.block();
        long[] times = block.column(0).longs();
        double[] values = block.column(1).doubles();
        for (int i = 0; i < block.rowCount(); i++) {
          if (order.isEmpty() ? times[i] <= previous : times[i] >= previous) {
            throw new AssertionError(times[i] + " after " + previous);
          }
          previous = times[i];
          if (values[i] != times[i] / 1000 % 100) {
            throw new AssertionError(values[i] + " at " + times[i]);
          }
        }
        rows += block.rowCount();
      }
      assertThat(cursor.error()).isNull();
    }
    assertThat(rows).isEqualTo(series * rowsPerSeries);
    assertThat(resources.usedBytes()).isZero();
    // Slices are read again only in part.
    assertThat(reader.batchesRead()).isLessThan(2L * workers * rows / 1024);
  }

  @Test
  void readsOnlyWhatLimitNeeds() {
    GeneratedReader reader = new GeneratedReader(10, 100_000_000);
    List<String> answer =
        ResultText.read(
            query(
                new SingleReaderStore(reader),
                QueryLimits.defaults(),
                "SELECT v FROM m ORDER BY time DESC LIMIT 2",
                () -> false));
    assertThat(answer)
        .containsExactly("m: time v", "99999999009ns 99", "99999999008ns 99")
        .hasSize(3);
    assertThat(reader.batchesRead()).isLessThanOrEqualTo(20);
  }

  @Test
  void latestWindowsReadOnlyTheEnd() {
    GeneratedReader reader = new GeneratedReader(10, 100_000_000);
    List<String> answer =
        ResultText.read(
            query(
                new SingleReaderStore(reader),
                QueryLimits.defaults(),
                "SELECT max(v) FROM m WHERE time < 100s GROUP BY time(1ms) ORDER BY time DESC LIMIT 2",
                () -> false));
    assertThat(answer).containsExactly("m: time max", "99999000000ns 99", "99998000000ns 99");
    assertThat(reader.batchesRead()).isLessThanOrEqualTo(40);
  }

  @Test
  void lastReadsOneBatchPerSeries() {
    GeneratedReader reader = new GeneratedReader(10, 100_000_000);
    List<String> answer =
        ResultText.read(
            query(
                new SingleReaderStore(reader),
                QueryLimits.defaults(),
                "SELECT last(v) FROM m GROUP BY id SLIMIT 2",
                () -> false));
    assertThat(answer)
        .containsExactly(
            "m {id=0}: time last",
            "99999999us 99".replace("us", "000ns"),
            "m {id=1}: time last",
            "99999999001ns 99");
    assertThat(reader.batchesRead()).isEqualTo(2);
  }
}
