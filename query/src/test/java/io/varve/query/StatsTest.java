package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatsTest {
  @TempDir private Path directory;

  private static List<String> answer(QueryEngine engine, String text) {
    return ResultText.read(
        engine.influxQl(text, new QueryOptions(null, null, Map.of(), false, () -> false)));
  }

  @Test
  void showsModulesThatAreDescribedAmongItsOwn() {
    try (Varve varve = Varve.open(directory)) {
      QueryEngine engine =
          new QueryEngine(varve, Clock.fixed(Instant.ofEpochSecond(1), ZoneOffset.UTC));
      engine.describe("build", Map.of("Version", "x"));
      assertThat(answer(engine, "SHOW DIAGNOSTICS FOR 'build'"))
          .containsExactly("build: Version", "\"x\"");
      assertThat(answer(engine, "SHOW DIAGNOSTICS FOR 'system'"))
          .last()
          .asString()
          .endsWith(" \"1970-01-01T00:00:01Z\" \"1970-01-01T00:00:01Z\" \"0s\"");
      assertThat(answer(engine, "SHOW DIAGNOSTICS"))
          .filteredOn(line -> line.matches("[a-z-]+: .*"))
          .extracting(line -> line.substring(0, line.indexOf(':')))
          .containsExactly(
              "build",
              "config-coordinator",
              "config-data",
              "health",
              "network",
              "runtime",
              "system");
      assertThat(answer(engine, "SHOW DIAGNOSTICS FOR 'config-data'"))
          .last()
          .asString()
          .startsWith("\"" + directory + "\" \"always\" ");
    }
  }

  @Test
  void countsPointsAndQueries() {
    try (Varve varve = Varve.open(directory)) {
      EngineSink sink =
          new EngineSink(varve.createDatabase("db", RetentionPolicy.of("autogen", 0)));
      PointText.put(sink, null, "cpu,host=a v=1 0s");
      QueryEngine engine = new QueryEngine(varve, Clock.systemUTC());
      assertThat(answer(engine, "SHOW STATS FOR 'write'").get(1)).startsWith("1i 1i 0i ");
      assertThat(answer(engine, "SHOW STATS FOR 'queryExecutor'").get(1)).startsWith("1i 2i 1i ");
      assertThat(answer(engine, "SHOW STATS FOR 'shard'").get(0))
          .isEqualTo(
              "shard {database=db, id=1, retentionPolicy=autogen}: numSeries headBytes compacted");
      Objects.requireNonNull(varve.database("db")).dropRetentionPolicy("autogen");
      assertThat(answer(engine, "SHOW STATS"))
          .contains("database {database=db}: numMeasurements numSeries", "0i 0i")
          .noneMatch(line -> line.startsWith("error"));
    }
  }
}
