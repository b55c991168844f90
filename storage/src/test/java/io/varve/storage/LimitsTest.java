package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.RefusedSeries;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagCardinality;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final SteppedClock clock = new SteppedClock(1_795_000_000_000L);
  private VarveOptions options = VarveOptions.defaults();

  @BeforeEach
  void keepSmall() {
    options = options.withMemoryBudgetBytes(32 << 20).withClock(clock);
  }

  private static WriteResult write(Database database, Points points) {
    return database.write(null, points.batch()).join();
  }

  private static Points hosts(int from, int to, long time) {
    Points points = new Points();
    for (int host = from; host < to; host++) {
      points.add("m,host=h" + host, time, "a", host);
    }
    return points;
  }

  @Test
  void refusesOnlyNewSeriesBeyondTheLimitOfTheDatabase() {
    try (Varve varve = Varve.open(directory, options.withLimits(3, 0))) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      WriteResult result = write(database, hosts(0, 5, 1));
      assertThat(result)
          .isEqualTo(
              new WriteResult(
                  3,
                  2,
                  "max-series-per-database limit exceeded (3): measurement=\"m\" tag=\"host\" has 3"
                      + " values"));
      assertThat(write(database, hosts(0, 3, 2))).isEqualTo(new WriteResult(3, 0, null));
      assertThat(Contents.of(database)).hasSize(3);
      StoreStats stats = varve.stats();
      assertThat(stats.series()).isEqualTo(3);
      assertThat(stats.refusedSeries()).isEqualTo(new RefusedSeries(2, 0, 0));
      assertThat(stats.droppedRows()).isEqualTo(2);
    }
    try (Varve varve = Varve.open(directory, options.withLimits(3, 0))) {
      Database database = varve.database("d");
      assertThat(database).isNotNull();
      if (database != null) {
        assertThat(write(database, hosts(0, 4, 3)).droppedRows()).isEqualTo(1);
      }
    }
  }

  @Test
  void refusesOnlyNewValuesBeyondTheLimitOfTheTag() {
    try (Varve varve = Varve.open(directory, options.withLimits(0, 2))) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      assertThat(write(database, hosts(0, 3, 1)).reason())
          .isEqualTo(
              "max-values-per-tag limit exceeded (2/2): measurement=\"m\" tag=\"host\""
                  + " value=\"h2\"");
      WriteResult other = write(database, new Points().add("m,host=h0,dc=x", 1, "a", 1));
      assertThat(other.droppedRows()).isZero();
      assertThat(varve.stats().refusedSeries()).isEqualTo(new RefusedSeries(0, 1, 0));
      assertThat(database.tagValueCount("m", "host")).isEqualTo(2);
      assertThat(database.seriesCount("m")).isEqualTo(3);
      assertThat(database.topTags(1)).containsExactly(new TagCardinality("m", "host", 2, 3));
      assertThat(database.tagCardinalities("m")).hasSize(2);
    }
  }

  @Test
  void refusesNewSeriesUntilTheNextMinute() {
    try (Varve varve = Varve.open(directory, options.withMaxNewSeriesPerMinute(2))) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      assertThat(write(database, hosts(0, 3, 1)).droppedRows()).isEqualTo(1);
      assertThat(write(database, hosts(0, 2, 2)).droppedRows()).isZero();
      clock.advanceMillis(60_000);
      assertThat(write(database, hosts(0, 3, 3)).droppedRows()).isZero();
      assertThat(database.refusedSeries()).isEqualTo(new RefusedSeries(0, 0, 1));
    }
  }

  @Test
  void limitsAreOnByDefault() {
    VarveOptions defaults = VarveOptions.defaults();
    assertThat(defaults.maxSeriesPerDatabase()).isEqualTo(1_000_000);
    assertThat(defaults.maxValuesPerTag()).isEqualTo(100_000);
    assertThat(defaults.maxNewSeriesPerMinute()).isZero();
  }
}
