package io.varve.server.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryEngine;
import io.varve.query.QueryLimits;
import io.varve.query.QueryOptions;
import io.varve.query.QueryResources;
import io.varve.query.RunningQueryLimits;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that several threads encode are the bytes that one thread writes. */
class SharedRowsTest {
  private static final int STEPS = 1_500;

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private Varve store;

  @BeforeEach
  void open(@TempDir Path directory) {
    SplittableRandom random = new SplittableRandom(seed);
    store = Varve.open(directory);
    Database database = store.createDatabase("d", RetentionPolicy.of("p", 0));
    for (int host = 0; host < 5; host++) {
      SeriesKey key = SeriesKey.of("m", Map.of("host", "h\"" + host, "rack", "r".repeat(90)));
      PointBatch batch = new PointBatch();
      for (int step = 0; step < STEPS; step++) {
        batch.beginRow(key);
        batch.add("small", (double) random.nextInt(1000));
        batch.add("fraction", random.nextDouble() - 0.5);
        if (random.nextBoolean()) {
          batch.add("whole", random.nextLong());
        }
        batch.endRow(1_451_606_400_000_000_000L + step * 7_000_000_123L);
      }
      database.write(null, batch).join();
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private String json(int workers, Epoch epoch, String text) {
    CollectingSink sink = new CollectingSink();
    QueryEngine engine =
        new QueryEngine(
            store,
            Clock.systemUTC(),
            QueryLimits.defaults(),
            RunningQueryLimits.none(),
            new QueryResources(workers, Long.MAX_VALUE));
    QueryOptions options = new QueryOptions("d", null, Map.of(), false, () -> false);
    try (var answer = engine.influxQl(text, options)) {
      new JsonEncoder(new ByteWriter(sink), epoch).encode(answer);
    }
    return sink.take();
  }

  @Test
  void areTheBytesThatOneThreadWrites() {
    String[] questions = {
      "SELECT * FROM m",
      "SELECT * FROM m ORDER BY time DESC",
      "SELECT small, whole FROM m WHERE small > 10; SELECT * FROM m TZ('Europe/Paris')",
      "SELECT small FROM m GROUP BY rack"
    };
    for (String question : questions) {
      for (Epoch epoch : Epoch.values()) {
        String expected = json(1, epoch, question);
        assertThat(expected).hasSizeGreaterThan(5 * ByteWriter.SEGMENT_BYTES / 4);
        // Not by assertThat, which would print megabytes.
        assertThat(json(3, epoch, question).equals(expected))
            .as("seed %d, %s, %s", seed, epoch, question)
            .isTrue();
      }
    }
  }
}
