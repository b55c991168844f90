package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example of a store inside another program. */
class EmbeddingTest {
  @TempDir Path directory;

  @Test
  void writesAndAsksInsideOneProcess() {
    try (Varve store = Varve.open(directory)) {
      Database database = store.createDatabase("app", RetentionPolicy.of("autogen", 0));

      PointBatch batch = new PointBatch();
      batch.beginRow(SeriesKey.of("requests", Map.of("path", "/login")));
      batch.add("count", 3L);
      batch.add("seconds", 0.125);
      batch.endRow(1_700_000_000_000_000_000L);
      database.write(null, batch).join();

      QueryEngine engine = new QueryEngine(store, Clock.systemUTC());
      QueryOptions options = new QueryOptions("app", null, Map.of(), true, () -> false);
      try (ResultCursor answer = engine.influxQl("SELECT max(seconds) FROM requests", options)) {
        assertThat(answer.nextStatement()).isTrue();
        assertThat(answer.nextSeries()).isTrue();
        assertThat(answer.nextBlock()).isTrue();
        assertThat(answer.block().column(1).doubles()[0]).isEqualTo(0.125);
      }
    }
  }

  @Test
  void keepsEveryTypeThatTheShortFormsTake() {
    try (Varve store = Varve.open(directory)) {
      Database database = store.createDatabase("app", RetentionPolicy.of("autogen", 0));
      PointBatch batch = new PointBatch();
      batch.beginRow(SeriesKey.of("m", Map.of()));
      batch.add("f", 1.5);
      batch.add("i", Long.MIN_VALUE);
      batch.add("b", true);
      batch.add("s", "zwölf");
      batch.endRow(7);
      assertThat(database.write(null, batch).join().storedRows()).isEqualTo(1);
      QueryOptions options = new QueryOptions("app", null, Map.of(), true, () -> false);
      try (ResultCursor answer =
          new QueryEngine(store, Clock.systemUTC()).influxQl("SELECT b, f, i, s FROM m", options)) {
        assertThat(answer.nextStatement() && answer.nextSeries() && answer.nextBlock()).isTrue();
        ResultBlock block = answer.block();
        assertThat(block.column(0).longs()[0]).isEqualTo(7);
        assertThat(block.column(1).longs()[0]).isEqualTo(1);
        assertThat(block.column(2).doubles()[0]).isEqualTo(1.5);
        assertThat(block.column(3).longs()[0]).isEqualTo(Long.MIN_VALUE);
        assertThat(new String(block.column(4).strings()[0], StandardCharsets.UTF_8))
            .isEqualTo("zwölf");
      }
    }
  }
}
