package io.varve.query.prometheus;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryResources;
import io.varve.query.promql.Labels;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.RangeFunctions;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.StepWindows;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long ranges, which chunks answer without being decoded, against the functions over all samples.
 */
class CondensedRangeTest {
  private static final long MINUTE = 60_000;
  private static final int ROWS = 3_500;

  /** Floats are the metric m, whole numbers m_i, booleans m_b. */
  private static final String SELECTOR = "{__name__=~\"m(_i|_b)?\"}";

  private static final List<String> FUNCTIONS =
      List.of(
          "rate",
          "increase",
          "delta",
          "resets",
          "changes",
          "count_over_time",
          "sum_over_time",
          "avg_over_time",
          "min_over_time",
          "max_over_time",
          "first_over_time",
          "last_over_time",
          "present_over_time",
          "stddev_over_time");

  private static final String[] SHAPES = {
    "counter", "resets", "gauge", "integer", "bool", "stale", "sparse", "doubles"
  };

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Map<String, Samples> expected = new LinkedHashMap<>();

  @Test
  void givesWhatAllSamplesGive(@TempDir Path directory) {
    VarveOptions options =
        VarveOptions.defaults()
            .withDurability(Durability.NONE)
            .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    QueryResources resources = new QueryResources(1, Long.MAX_VALUE);
    try (Varve store = Varve.open(directory, options)) {
      Database database = store.createDatabase("prometheus", RetentionPolicy.of("autogen", 0));
      for (int t = 0; t < 4; t++) {
        write(database, t);
      }
      store.checkpoint();
      PromEngine engine = new PromEngine(store, PromSettings.defaults(), resources);
      for (int round = 0; round < 120; round++) {
        String function = FUNCTIONS.get(random.nextInt(FUNCTIONS.size()));
        long range = MINUTE * random.nextInt(1, 1_500);
        long step = MINUTE * random.nextInt(1, 600);
        long start = MINUTE * random.nextInt(-100, 600);
        check(engine, function, new StepWindows(start, step, random.nextInt(1, 12), range));
      }
      checkNewest(engine);
    }
    assertThat(resources.usedBytes()).isZero();
  }

  /**
   * Series of all shapes at times that are steady (0), jittered (1), or now and then less than a
   * millisecond apart: inside of chunks (2), from the last row of one to the first of the next (3).
   */
  private void write(Database database, int times) {
    PointBatch batch = new PointBatch();
    for (String shape : SHAPES) {
      SeriesKey key = SeriesKey.of("m", Map.of("shape", shape, "times", String.valueOf(times)));
      Samples samples = new Samples();
      long nanos = random.nextInt(1_000_000_000);
      if (times < 2) {
        nanos -= nanos % 1_000_000;
      }
      double counter = 0;
      for (int row = 0; row < ROWS; row++) {
        batch.beginRow(key);
        counter += random.nextInt(50);
        if (!shape.equals("sparse") || random.nextInt(4) > 0) {
          double value = put(batch, shape, counter);
          if (!isStale(value)) {
            samples.put(Math.floorDiv(nanos, 1_000_000), value);
          }
        } else {
          batch.add("other", 1.0);
        }
        if (shape.equals("resets") && random.nextInt(700) == 0) {
          counter = 0;
        }
        batch.endRow(nanos);
        nanos += step(times, row);
      }
      expected.put(shape + times, samples);
      SeriesText.write(database, batch);
      batch.clear();
    }
  }

  private long step(int times, int row) {
    return switch (times) {
      case 0 -> 15_000_000_000L;
      case 1 -> 15_000_000_000L + 1_000_000L * random.nextInt(-500, 500);
      case 2 -> row % 1024 != 1023 && random.nextInt(500) == 0 ? 1 : 15_000_000_000L;
      default -> row % 1024 == 1023 ? 1 : 15_000_000_000L;
    };
  }

  private double put(PointBatch batch, String shape, double counter) {
    double gauge = random.nextInt(-5_000, 5_000) / 100.0;
    switch (shape) {
      case "integer" -> {
        batch.add("i", (long) gauge);
        return (long) gauge;
      }
      case "bool" -> {
        batch.add("b", gauge > 0);
        return gauge > 0 ? 1 : 0;
      }
      default -> {
        double value =
            switch (shape) {
              case "counter", "resets" -> counter;
              case "stale" -> random.nextInt(900) == 0 ? SeriesText.STALE : gauge;
              case "doubles" -> gauge / 3;
              default -> gauge;
            };
        batch.add("value", value);
        return value;
      }
    }
  }

  private static boolean isStale(double value) {
    return Double.doubleToRawLongBits(value) == 0x7ff0000000000002L;
  }

  private void check(PromEngine engine, String function, StepWindows windows) {
    String why = "seed " + seed + ", " + function + " " + windows;
    String query = function + "(" + SELECTOR + "[" + windows.rangeMillis() + "ms])";
    Map<String, StepValues> found = found(engine, query, windows);
    RangeFunction all = requireNonNull(RangeFunctions.create(function));
    expected.forEach(
        (name, samples) -> {
          StepValues values = new StepValues();
          all.evaluate(samples, windows, RangeFunction.NO_PARAMETERS, values);
          StepValues other = found.getOrDefault(name, new StepValues(windows.steps()));
          for (int step = 0; step < windows.steps(); step++) {
            String at = why + ", " + name + " at step " + step;
            assertThat(other.isPresent(step)).as(at).isEqualTo(values.isPresent(step));
            if (values.isPresent(step)) {
              assertClose(other.get(step), values.get(step), at);
            }
          }
        });
  }

  private static void assertClose(double found, double wanted, String why) {
    if (Double.compare(found, wanted) != 0) {
      assertThat(Math.abs(found - wanted))
          .as("%s: %s, not %s", why, found, wanted)
          .isLessThanOrEqualTo(1e-9 * Math.max(1, Math.abs(wanted)));
    }
  }

  /** The newest samples, whatever chunks lie between the steps. */
  private void checkNewest(PromEngine engine) {
    for (int round = 0; round < 60; round++) {
      long step = MINUTE * random.nextInt(1, 600);
      StepWindows windows =
          new StepWindows(MINUTE * random.nextInt(0, 400), step, random.nextInt(1, 8), 5 * MINUTE);
      for (String query : List.of(SELECTOR, "timestamp(" + SELECTOR + ")")) {
        Map<String, StepValues> found = found(engine, query, windows);
        expected.forEach(
            (name, samples) -> {
              if (name.startsWith("stale")) {
                return;
              }
              StepValues other = found.getOrDefault(name, new StepValues(windows.steps()));
              int newest = -1;
              for (int k = 0; k < windows.steps(); k++) {
                while (newest + 1 < samples.count()
                    && samples.timesMillis()[newest + 1] <= windows.endMillis(k)) {
                  newest++;
                }
                String why = "seed " + seed + ", " + query + " " + windows + " " + name + " " + k;
                boolean there =
                    newest >= 0 && samples.timesMillis()[newest] > windows.startMillis(k);
                assertThat(other.isPresent(k)).as(why).isEqualTo(there);
                if (there) {
                  double wanted =
                      query.equals(SELECTOR)
                          ? samples.values()[newest]
                          : samples.timesMillis()[newest] / 1000.0;
                  assertClose(other.get(k), wanted, why);
                }
              }
            });
      }
    }
  }

  private static Map<String, StepValues> found(
      PromEngine engine, String query, StepWindows windows) {
    PromRequest request =
        new PromRequest(
            null,
            null,
            name -> true,
            5 * MINUTE,
            0,
            () -> false,
            System.nanoTime() + 60_000_000_000L);
    Map<String, StepValues> found = new LinkedHashMap<>();
    long start = windows.firstEndMillis();
    long step = windows.stepMillis();
    try (PromResult result =
        engine.queryRange(query, start, windows.endMillis(windows.steps() - 1), step, request)) {
      result.visit(
          (labels, samples) -> {
            StepValues steps = new StepValues(windows.steps());
            for (int i = 0; i < samples.count(); i++) {
              steps.set((int) ((samples.timeMillis(i) - start) / step), samples.value(i));
            }
            found.put(name(labels), steps);
          });
    }
    return found;
  }

  private static String name(Labels labels) {
    return labels.get("shape") + labels.get("times");
  }
}
