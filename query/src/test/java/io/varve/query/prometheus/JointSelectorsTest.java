package io.varve.query.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryResources;
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
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Questions about several fields of a measurement, which are read together, against one question
 * per field. {@code -Dvarve.seed=N} replays a failure.
 */
class JointSelectorsTest {
  private static final int ROWS = 1_500;
  private static final int HOSTS = 5;
  private static final List<String> FIELDS = List.of("a", "b", "c", "d");
  private static final List<String> FUNCTIONS =
      List.of("", "rate", "avg_over_time", "max_over_time", "count_over_time", "changes", "deriv");

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @Test
  void givesWhatEachFieldGives(@TempDir Path directory) {
    VarveOptions options =
        VarveOptions.defaults()
            .withDurability(Durability.NONE)
            .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    for (int workers : new int[] {1, 3}) {
      QueryResources resources = new QueryResources(workers, Long.MAX_VALUE, 4);
      try (Varve store = Varve.open(directory.resolve("" + workers), options)) {
        fill(store.createDatabase("prometheus", RetentionPolicy.of("autogen", 0)));
        store.checkpoint();
        PromEngine engine = new PromEngine(store, PromSettings.defaults(), resources);
        for (int round = 0; round < 60; round++) {
          check(engine);
        }
      }
      assertThat(resources.usedBytes()).isZero();
    }
  }

  /** Field d is of another measurement, c is missing now and then, b is of whole numbers. */
  private void fill(Database database) {
    PointBatch batch = new PointBatch();
    for (int host = 0; host < HOSTS; host++) {
      SeriesKey cpu = SeriesKey.of("m", Map.of("host", "h" + host, "dc", "x" + host % 2));
      SeriesKey other = SeriesKey.of("m_d", Map.of("host", "h" + host, "dc", "x" + host % 2));
      for (int row = 0; row < ROWS; row++) {
        batch.beginRow(cpu);
        batch.add("a", random.nextInt(10_000) / 100.0);
        batch.add("b", random.nextLong(1000));
        if (random.nextInt(3) > 0) {
          batch.add("c", (double) row);
        }
        batch.endRow(row * 10_000_000_000L);
        batch.beginRow(other);
        batch.add("value", (double) random.nextInt(50));
        batch.endRow(row * 10_000_000_000L);
      }
      SeriesText.write(database, batch);
      batch.clear();
    }
  }

  private void check(PromEngine engine) {
    String function = FUNCTIONS.get(random.nextInt(FUNCTIONS.size()));
    String matchers = random.nextBoolean() ? "" : "{host=~\"h[0-3]\"}";
    String range = function.isEmpty() ? "" : "[" + random.nextInt(1, 90) + "m]";
    String offset = random.nextBoolean() ? "" : " offset 7m";
    List<String> parts = new ArrayList<>();
    for (String field : FIELDS) {
      // Some differ in what is asked, some come twice.
      String different = random.nextInt(6) == 0 ? " @ 9000" : offset;
      for (int times = random.nextInt(3) == 0 ? 2 : 1; times > 0; times--) {
        String selector = "m_" + field + matchers + range + different;
        String inner = function.isEmpty() ? selector : function + "(" + selector + ")";
        String grouped = random.nextBoolean() ? inner : "sum by (host) (" + inner + ")";
        parts.add("label_replace(" + grouped + ", \"n\", \"" + parts.size() + "\", \"\", \"\")");
      }
    }
    long step = 1000L * random.nextInt(30, 2000);
    long start = 1000L * random.nextInt(0, 10_000);
    TreeSet<String> expected = new TreeSet<>();
    for (String part : parts) {
      expected.addAll(ask(engine, part, start, step));
    }
    String all = String.join(" or ", parts);
    assertThat(new TreeSet<>(ask(engine, all, start, step)))
        .as("seed %d: %s from %d by %d", seed, all, start, step)
        .isEqualTo(expected);
  }

  private static List<String> ask(PromEngine engine, String text, long start, long step) {
    PromRequest request =
        new PromRequest(
            null, null, name -> true, 300_000, 0, () -> false, System.nanoTime() + 60_000_000_000L);
    List<String> found = new ArrayList<>();
    try (PromResult result = engine.queryRange(text, start, start + 9 * step, step, request)) {
      result.visit(
          (labels, samples) -> {
            StringBuilder line = new StringBuilder(labels.toString());
            for (int i = 0; i < samples.count(); i++) {
              line.append(' ').append(samples.timeMillis(i)).append('=').append(samples.value(i));
            }
            found.add(line.toString());
          });
    }
    return found;
  }
}
