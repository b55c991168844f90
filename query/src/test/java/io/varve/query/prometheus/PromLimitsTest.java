package io.varve.query.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.QueryEngine;
import io.varve.query.QueryException;
import io.varve.query.QueryResources;
import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.storage.Database;
import io.varve.storage.Durability;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Too much is refused in plain words, in bounded memory, and all of it is given back. */
class PromLimitsTest {
  private static final int SERIES = 100_000;
  private static final int LONG_SAMPLES = 200_000;
  private static final long YEAR = 365L * 86_400_000;

  private static Varve store;

  @BeforeAll
  static void fill(@TempDir Path directory) {
    store =
        Varve.open(
            directory,
            VarveOptions.defaults()
                .withDurability(Durability.NONE)
                .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)));
    Database database = store.createDatabase("prometheus", RetentionPolicy.of("autogen", 0));
    PointBatch batch = new PointBatch();
    for (int i = 0; i < SERIES; i++) {
      batch.beginRow(SeriesKey.of("wide", Map.of("i", String.valueOf(i))));
      batch.add("value", (double) i);
      batch.endRow(0);
      if (batch.rowCount() == 10_000) {
        SeriesText.write(database, batch);
        batch.clear();
      }
    }
    for (int i = 0; i < LONG_SAMPLES; i++) {
      batch.beginRow(SeriesKey.of("long", Map.of()));
      batch.add("value", (double) (i % 1000));
      batch.endRow(i * 1_000_000L);
    }
    SeriesText.write(database, batch);
  }

  @AfterAll
  static void close() {
    store.close();
  }

  private static PromEngine engine(long maxSamples, QueryResources resources) {
    return new PromEngine(
        store,
        new PromSettings("prometheus", 300_000, 60_000, 60_000, maxSamples, 11_000, false),
        resources);
  }

  private static PromRequest request(BooleanSupplier cancelled) {
    return new PromRequest(
        null, null, name -> true, 300_000, 0, cancelled, System.nanoTime() + 60_000_000_000L);
  }

  private static PromRequest request() {
    return request(() -> false);
  }

  private static void range(PromEngine engine, String text, int steps, PromRequest request) {
    engine.queryRange(text, 0, (steps - 1) * 1000L, 1000, request).close();
  }

  @Test
  void isListedWithItsUser() {
    QueryEngine other = new QueryEngine(store, Clock.systemUTC());
    PromEngine engine = new PromEngine(store, PromSettings.defaults(), other);
    Set<String> users = ConcurrentHashMap.newKeySet(); // Helpers look, too.
    BooleanSupplier look =
        () -> {
          other.running().list().forEach(query -> users.add(query.user()));
          return false;
        };
    engine
        .queryRange(
            "sum(wide)",
            0,
            0,
            1000,
            new PromRequest(
                null, "mia", name -> true, 300_000, 0, look, System.nanoTime() + 60_000_000_000L))
        .close();
    assertThat(users).isNotEmpty().containsOnly("mia");
  }

  @Test
  void countsWhatIsLiveAndNotWhatWas() {
    QueryResources resources = new QueryResources(1, Long.MAX_VALUE);
    PromEngine engine = engine(150_000, resources);
    // Each sum sees 100,000 series, one at a time.
    range(engine, "sum(wide) + sum(wide) + sum(wide)", 1, request());
    // Each topk holds 100,000 values, but not at the same time.
    range(engine, "topk(1, wide) and topk(1, wide) and topk(1, wide)", 1, request());
    assertThatThrownBy(() -> range(engine, "wide and wide", 1, request()))
        .isInstanceOfSatisfying(
            PromException.class, e -> assertThat(e.kind()).isEqualTo(PromException.Kind.EXECUTION))
        .hasMessageContaining("too many samples");
    assertThat(resources.usedBytes()).isZero();
  }

  @Test
  void countsTheAnswerUntilItIsClosed() {
    QueryResources resources = new QueryResources(2, Long.MAX_VALUE, 64);
    try (PromResult result = engine(200_000, resources).query("wide", 0, request())) {
      AtomicInteger series = new AtomicInteger();
      result.visit((labels, samples) -> series.incrementAndGet());
      assertThat(series).hasValue(SERIES);
      assertThat(resources.usedBytes()).isGreaterThan(SERIES * 100L);
    }
    assertThat(resources.usedBytes()).isZero();
  }

  @Test
  void refusesWhatNeedsTooManySamples() {
    QueryResources resources = new QueryResources(2, Long.MAX_VALUE, 64);
    PromEngine engine = engine(1_000_000, resources);
    for (String text :
        new String[] {
          "wide",
          "{__name__=~\".+\"}",
          "quantile(0.5, wide)",
          "count_values(\"v\", wide)",
          "-wide",
          "sort(wide)",
          "wide * on (i) wide",
          "label_replace(wide, \"a\", \"b\", \"i\", \".*\")",
          "histogram_quantile(0.5, wide)",
          "sum by (i) (wide)",
        }) {
      assertThatThrownBy(() -> range(engine, text, 11_000, request()))
          .as(text)
          .isInstanceOf(PromException.class)
          .hasMessageContaining("too many samples");
      assertThat(resources.usedBytes()).as(text).isZero();
    }
    // 1,100 million values in all, but one series at a time.
    range(engine, "sum(wide{i=~\"..\"})", 11_000, request());
    assertThat(resources.usedBytes()).isZero();
  }

  @Test
  void refusesOneLongSeriesBeforeItIsInMemory() {
    QueryResources resources = new QueryResources(1, Long.MAX_VALUE);
    PromEngine engine = engine(LONG_SAMPLES / 2, resources);
    for (String text :
        new String[] {"long[1h]", "deriv(long[1h])", "quantile_over_time(0.5, long[1h])"}) {
      assertThatThrownBy(() -> engine.query(text, LONG_SAMPLES, request()))
          .as(text)
          .hasMessageContaining("too many samples");
    }
    assertThat(resources.usedBytes()).isZero();
  }

  @Test
  void keepsNoSamplesForWhatIsSaidOfEachAsItComes() {
    PromEngine engine = engine(LONG_SAMPLES / 2, new QueryResources(1, Long.MAX_VALUE));
    for (String function :
        new String[] {"changes", "rate", "idelta", "count_over_time", "last_over_time"}) {
      try (PromResult result = engine.query(function + "(long[1h])", LONG_SAMPLES, request())) {
        List<Labels> found = new ArrayList<>();
        result.visit((labels, samples) -> found.add(labels));
        assertThat(found).as(function).hasSize(1);
      }
    }
  }

  @Test
  void sharesMemoryWithOtherQueries() {
    QueryResources resources = new QueryResources(2, 1 << 20, 64);
    PromEngine engine = engine(50_000_000, resources);
    assertThatThrownBy(() -> range(engine, "wide", 1, request()))
        .isInstanceOf(PromException.class)
        .hasMessageContaining("max-query-memory limit exceeded");
    assertThat(resources.usedBytes()).isZero();
    resources.reserve(1 << 20);
    assertThatThrownBy(() -> range(engine, "long", 1, request()))
        .hasMessageContaining("max-query-memory limit exceeded");
    resources.release(1 << 20);
    range(engine, "long", 1, request());
    assertThat(resources.usedBytes()).isZero();
  }

  @Test
  void refusesSubqueriesOfFineSteps() {
    QueryResources resources = new QueryResources(1, 64 << 20);
    PromEngine engine = engine(50_000_000, resources);
    for (String text :
        new String[] {
          "sum_over_time(long[1y:1ms])",
          "sum_over_time(vector(1)[100y:1ms])",
          "max_over_time(sum_over_time(long[1d:1ms])[1d:1ms])",
          "sum_over_time(vector(1 + 1 + 1 + 1)[5h:1ms])",
        }) {
      assertThatThrownBy(() -> engine.query(text, YEAR, request()))
          .as(text)
          .isInstanceOf(PromException.class)
          .hasMessageMatching(".*(too many samples|more than the limit|limit exceeded).*");
    }
    assertThat(resources.usedBytes()).isZero();
  }

  @Test
  void refusesTooManyStepsAndSenselessTimes() {
    PromEngine engine = engine(50_000_000, new QueryResources(1, Long.MAX_VALUE));
    assertThatThrownBy(() -> engine.queryRange("1", 0, 11_001, 1, request()))
        .hasMessageContaining("exceeded maximum resolution of 11,000 points");
    assertThatThrownBy(() -> engine.queryRange("1", 0, Long.MAX_VALUE, 1, request()))
        .hasMessageContaining("time out of range");
    assertThatThrownBy(() -> engine.query("1", Long.MIN_VALUE, request()))
        .hasMessageContaining("time out of range");
    for (String text :
        new String[] {
          "long @ 4000000000000000", "long @ -4000000000000000", "long[292y] offset -292y"
        }) {
      engine.query(text, 1L << 61, request()).close();
      engine.query(text, -(1L << 61), request()).close();
    }
  }

  @Test
  void refusesDeepExpressionsAndLargePatterns() {
    PromEngine engine = engine(50_000_000, new QueryResources(1, Long.MAX_VALUE));
    for (String text :
        new String[] {
          "(".repeat(5_000) + "1" + ")".repeat(5_000),
          "-".repeat(5_000) + "1",
          "abs(".repeat(5_000) + "long" + ")".repeat(5_000),
          "wide{i=~\"" + "(".repeat(5_000) + "\"}",
          "wide{i=~\"((a{1,100}){1,100}){1,100}\"}",
          "label_replace(wide, \"a\", \"\", \"i\", \"((a{1,100}){1,100}){1,100}\")",
        }) {
      assertThatThrownBy(() -> engine.query(text, 0, request()))
          .as(text.substring(0, 20))
          .isInstanceOf(QueryException.class);
    }
    // What makes backtracking engines hang.
    engine.query("wide{i=~\"(0|00|[0-9]+)*x\"}", 0, request()).close();
    engine.query("1" + " + 1".repeat(200), 0, request()).close();
  }

  @Test
  void stopsWhenTheDeadlineHasPassed() {
    PromEngine engine = engine(50_000_000, new QueryResources(2, Long.MAX_VALUE, 64));
    PromRequest late =
        new PromRequest(null, null, name -> true, 300_000, 0, () -> false, System.nanoTime() - 1);
    assertThatThrownBy(() -> range(engine, "sum(wide)", 100, late))
        .isInstanceOfSatisfying(
            PromException.class, e -> assertThat(e.kind()).isEqualTo(PromException.Kind.TIMEOUT));
  }

  @Test
  void stopsInTheMiddleOfLongWork() {
    for (int workers = 1; workers <= 3; workers++) {
      QueryResources resources = new QueryResources(workers, Long.MAX_VALUE, 64);
      PromEngine engine = engine(50_000_000, resources);
      for (String text :
          new String[] {
            // Many series, one block of one series, and one series with long windows.
            "sum(wide)",
            "wide and wide",
            "quantile_over_time(0.5, long[200s])",
            "deriv(long[200s])",
            "sum_over_time(deriv(long[200s])[1h:1s])",
          }) {
        AtomicInteger asked = new AtomicInteger();
        int stopAt = 10;
        assertThatThrownBy(
                () -> range(engine, text, 5_000, request(() -> asked.incrementAndGet() > stopAt)))
            .as(text)
            .isInstanceOfSatisfying(
                PromException.class,
                e -> assertThat(e.kind()).isEqualTo(PromException.Kind.CANCELED));
        // Each thread may ask once more.
        assertThat(asked.get()).as(text).isLessThanOrEqualTo(stopAt + 1 + workers);
        assertThat(resources.usedBytes()).as(text).isZero();
      }
    }
  }
}
