package io.varve.query;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.continuous.ContinuousQueryRunner;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Continuous queries over a real store and a clock that is set by hand. */
class ContinuousQueryTest {
  private static final String START = "2026-03-02T00:00:00Z";

  @TempDir Path directory;
  private final SetClock clock = new SetClock();
  private Varve store;
  private QueryEngine engine;
  private ContinuousQueryRunner runner;

  @BeforeEach
  void begin() {
    open();
    store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    clock.now = Instant.parse(START);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void open() {
    store = Varve.open(directory);
    engine = new QueryEngine(store, clock);
    runner = engine.continuousQueryRunner(() -> false);
  }

  private void restart() {
    store.close();
    open();
  }

  private List<String> ask(String text) {
    return ResultText.read(
        engine.influxQl(text, new QueryOptions("db", null, Map.of(), false, () -> false)));
  }

  private void write(String time, double value) {
    write("cpu", time, value);
  }

  private void write(String measurement, String time, double value) {
    PointBatch batch = new PointBatch();
    batch.beginRow(SeriesKey.of(measurement, Map.of("host", "a")));
    batch.add("v", value);
    batch.endRow(Instant.parse(time).getEpochSecond() * 1_000_000_000L);
    requireNonNull(store.database("db")).write(null, batch).join();
  }

  private void runAt(String time) {
    clock.now = Instant.parse(time);
    runner.runDue();
  }

  @Test
  void writesEachWindowOnceItHasEnded() {
    assertThat(
            ask(
                "CREATE CONTINUOUS QUERY q ON db BEGIN SELECT sum(v) INTO out FROM cpu"
                    + " GROUP BY time(1m), host END"))
        .isEmpty();
    write("2026-03-02T00:00:10Z", 1);
    write("2026-03-02T00:00:20Z", 2);
    runAt("2026-03-02T00:00:30Z");
    assertThat(ask("SELECT * FROM out")).isEmpty();
    runAt("2026-03-02T00:01:00Z");
    runAt("2026-03-02T00:01:01Z");
    write("2026-03-02T00:01:59Z", 4);
    runAt("2026-03-02T00:02:03Z");
    assertThat(ask("SELECT * FROM out"))
        .containsExactly("out: time host sum", "1772409600s \"a\" 3", "1772409660s \"a\" 4");
    assertThat(runner.completedRuns()).isEqualTo(2);
    assertThat(runner.failedRuns()).isZero();
  }

  @Test
  void makesUpForWindowsMissedWhileItWasDown() {
    ask(
        "CREATE CONTINUOUS QUERY q ON db BEGIN SELECT count(v) INTO out FROM cpu"
            + " GROUP BY time(1m) END");
    runAt("2026-03-02T00:00:30Z");
    write("2026-03-02T00:00:40Z", 1);
    restart();
    write("2026-03-02T00:01:40Z", 1);
    write("2026-03-02T00:02:40Z", 1);
    runAt("2026-03-02T00:03:20Z");
    List<String> expected =
        List.of("out: time count", "1772409600s 1i", "1772409660s 1i", "1772409720s 1i");
    assertThat(ask("SELECT * FROM out")).isEqualTo(expected);
    restart();
    runAt("2026-03-02T00:03:59Z");
    assertThat(runner.completedRuns()).isZero();
    assertThat(ask("SELECT * FROM out")).isEqualTo(expected);
  }

  @Test
  void computesLateDataAgainAsFarAsForSays() {
    ask(
        "CREATE CONTINUOUS QUERY q ON db RESAMPLE FOR 3m BEGIN SELECT max(v) INTO out FROM cpu"
            + " GROUP BY time(1m) END");
    write("2026-03-02T00:00:10Z", 1);
    runAt("2026-03-02T00:01:00Z");
    write("2026-03-02T00:00:20Z", 5);
    runAt("2026-03-02T00:02:00Z");
    assertThat(ask("SELECT * FROM out")).containsExactly("out: time max", "1772409600s 5");
  }

  @Test
  void replacesTimesOfTheConditionAndKeepsTheRest() {
    ask(
        "CREATE CONTINUOUS QUERY q ON db BEGIN SELECT sum(v) INTO out FROM /c.u/"
            + " WHERE host = 'b' OR v > 1 AND time > now() - 1s GROUP BY time(1m) END");
    write("2026-03-02T00:00:10Z", 1);
    write("2026-03-02T00:00:20Z", 2);
    write("gpu", "2026-03-02T00:00:20Z", 7);
    runAt("2026-03-02T00:01:00Z");
    assertThat(ask("SELECT * FROM out")).containsExactly("out: time sum", "1772409600s 2");
  }

  @Test
  void triesAgainAfterAnErrorWithoutLosingWindows() {
    ask("CREATE RETENTION POLICY rp ON db DURATION INF REPLICATION 1");
    ask(
        "CREATE CONTINUOUS QUERY q ON db BEGIN SELECT sum(v) INTO rp.out FROM cpu"
            + " GROUP BY time(1m) END");
    ask(
        "CREATE CONTINUOUS QUERY fine ON db BEGIN SELECT sum(v) INTO fine FROM cpu"
            + " GROUP BY time(1m) END");
    ask("DROP RETENTION POLICY rp ON db");
    write("2026-03-02T00:00:10Z", 1);
    runAt("2026-03-02T00:01:00Z");
    runAt("2026-03-02T00:01:01Z");
    assertThat(runner.failedRuns()).isEqualTo(1);
    assertThat(runner.completedRuns()).isEqualTo(1);
    ask("CREATE RETENTION POLICY rp ON db DURATION INF REPLICATION 1");
    runAt("2026-03-02T00:01:59Z");
    assertThat(ask("SELECT * FROM rp.out")).isEmpty();
    runAt("2026-03-02T00:02:00Z");
    assertThat(ask("SELECT * FROM rp.out")).containsExactly("out: time sum", "1772409600s 1");
    assertThat(runner.failedRuns()).isEqualTo(1);
  }

  @Test
  void doesNotRunWhatWasDropped() {
    ask(
        "CREATE CONTINUOUS QUERY q ON db BEGIN SELECT sum(v) INTO out FROM cpu"
            + " GROUP BY time(1m) END; DROP CONTINUOUS QUERY q ON db");
    write("2026-03-02T00:00:10Z", 1);
    runAt("2026-03-02T00:01:00Z");
    assertThat(ask("SELECT * FROM out")).isEmpty();
    assertThat(runner.completedRuns()).isZero();
  }

  @Test
  void runsOnAThreadOfItsOwn() throws Exception {
    ask(
        "CREATE CONTINUOUS QUERY q ON db BEGIN SELECT sum(v) INTO out FROM cpu"
            + " GROUP BY time(1m) END");
    write("2026-03-02T00:00:10Z", 1);
    clock.now = Instant.parse("2026-03-02T00:01:00Z");
    clock.asked = new CountDownLatch(3);
    try (ContinuousQueryService service = engine.startContinuousQueries(Duration.ofMillis(1))) {
      // The clock is asked at each look: by the third, the first one has done its work.
      assertThat(clock.asked.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(service.completedRuns()).isEqualTo(1);
      assertThat(service.failedRuns()).isZero();
    }
    assertThat(ask("SELECT * FROM out")).containsExactly("out: time sum", "1772409600s 1");
  }

  private static final class SetClock extends Clock {
    private volatile Instant now = Instant.EPOCH;
    private volatile CountDownLatch asked = new CountDownLatch(0);

    @Override
    public Instant instant() {
      asked.countDown();
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
