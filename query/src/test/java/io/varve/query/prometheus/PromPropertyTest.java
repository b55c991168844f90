package io.varve.query.prometheus;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.QueryResources;
import io.varve.query.promql.DurationExpressions;
import io.varve.query.promql.Parser;
import io.varve.query.promql.ParserOptions;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Expr;
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
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random expressions over random data, against an evaluation step by step. */
class PromPropertyTest {
  private static final PromSettings SETTINGS =
      new PromSettings("prometheus", 300_000, 120_000, 60_000, 50_000_000, 11_000, true);
  private static final int STORES = 3;
  private static final int QUERIES = 250;
  private static final long END = 600_000;

  /** Written as remote write does, and as line protocol: the same metrics. */
  private static final List<String> DATABASES = List.of("prometheus", "telegraf");

  private static final QueryResources ALONE = new QueryResources(1, Long.MAX_VALUE);
  private static final QueryResources DIVIDED = new QueryResources(3, Long.MAX_VALUE, 1);

  @Test
  void answersAsAnEvaluationStepByStep(@TempDir Path directory) {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int full = 0;
    for (int s = 0; s < STORES; s++) {
      VarveOptions options =
          VarveOptions.defaults()
              .withDurability(Durability.NONE)
              .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
      try (Varve store = Varve.open(directory.resolve("store" + s), options)) {
        Map<Map<String, String>, NavigableMap<Long, Double>> data = data(random);
        writeAsRemoteWrite(store, data);
        writeAsLineProtocol(store, data);
        if (random.nextBoolean()) {
          store.checkpoint();
        }
        RandomQueries queries = new RandomQueries(random.split());
        for (int q = 0; q < QUERIES; q++) {
          long start = random.nextInt(400) * 1000L;
          long step = (1 + random.nextInt(20)) * 500L;
          long end = start + random.nextInt(12) * step;
          if (random.nextInt(3) == 0) {
            // A single moment at the end, for which the newest rows will do.
            start = END - 60_000 + random.nextInt(200) * 1000L;
            end = start;
          }
          String text = queries.query();
          String described = "seed " + seed + ": " + text + " " + start + " " + end + " " + step;
          full += check(store, data, text, start, end, step, described) ? 1 : 0;
        }
      }
    }
    assertThat(ALONE.usedBytes()).isZero();
    assertThat(DIVIDED.usedBytes()).isZero();
    assertThat(full)
        .as("queries that find something, seed %d", seed)
        .isGreaterThan(STORES * QUERIES / 4);
  }

  /** Returns whether the query has an answer that is not empty. */
  private static boolean check(
      Varve store,
      Map<Map<String, String>, NavigableMap<Long, Double>> data,
      String text,
      long start,
      long end,
      long step,
      String described) {
    Map<Map<String, String>, Map<Long, Double>> expected = null;
    try {
      expected = naive(data, text, start, end, step);
    } catch (NaiveProm.NoAnswerException e) {
      described += " " + e.getMessage();
    }
    for (QueryResources resources : List.of(ALONE, DIVIDED)) {
      PromEngine engine = new PromEngine(store, SETTINGS, resources);
      for (String database : DATABASES) {
        PromRequest request =
            new PromRequest(
                database,
                null,
                name -> true,
                300_000,
                0,
                () -> false,
                System.nanoTime() + (1L << 40));
        if (expected == null) {
          assertThatThrownBy(() -> engine.queryRange(text, start, end, step, request).close())
              .as(described)
              .isInstanceOfSatisfying(
                  PromException.class,
                  e -> assertThat(e.kind()).isEqualTo(PromException.Kind.EXECUTION));
        } else {
          compare(engine, text, start, end, step, request, expected, described + " " + database);
        }
      }
    }
    return expected != null && !expected.isEmpty();
  }

  private static Map<Map<String, String>, Map<Long, Double>> naive(
      Map<Map<String, String>, NavigableMap<Long, Double>> data,
      String text,
      long start,
      long end,
      long step) {
    Expr expr =
        DurationExpressions.resolve(
            Parser.parse(text, ParserOptions.DEFAULT.withExperimentalFunctions()),
            step,
            end - start);
    NaiveProm naive = new NaiveProm(data, start, start + (end - start) / step * step);
    Map<Map<String, String>, Map<Long, Double>> all = new TreeMap<>(RandomQueries.BY_TEXT);
    for (long time = start; time <= end; time += step) {
      long at = time;
      naive
          .vector(expr, time)
          .forEach(
              (labels, value) -> all.computeIfAbsent(labels, l -> new TreeMap<>()).put(at, value));
    }
    return all;
  }

  private static void compare(
      PromEngine engine,
      String text,
      long start,
      long end,
      long step,
      PromRequest request,
      Map<Map<String, String>, Map<Long, Double>> expected,
      String described) {
    Map<Map<String, String>, Map<Long, Double>> found = new TreeMap<>(RandomQueries.BY_TEXT);
    try (PromResult result = engine.queryRange(text, start, end, step, request)) {
      result.visit(
          (labels, samples) -> {
            Map<String, String> names = new TreeMap<>();
            for (int i = 0; i < labels.size(); i++) {
              names.put(labels.name(i), labels.value(i));
            }
            Map<Long, Double> points = new TreeMap<>();
            for (int i = 0; i < samples.count(); i++) {
              points.put(samples.timeMillis(i), samples.value(i));
            }
            assertThat(found.put(names, points)).as("%s: %s twice", described, names).isNull();
          });
    } catch (PromException e) {
      throw new AssertionError(described, e);
    }
    assertThat(found.keySet()).as(described).isEqualTo(expected.keySet());
    expected.forEach(
        (labels, points) -> {
          Map<Long, Double> other = requireNonNull(found.get(labels));
          assertThat(other.keySet()).as("%s: %s", described, labels).isEqualTo(points.keySet());
          points.forEach(
              (time, value) -> {
                double point = requireNonNull(other.get(time));
                assertThat(isClose(value, point))
                    .as("%s: %s at %d: %s, not %s", described, labels, time, value, point)
                    .isTrue();
              });
        });
  }

  private static boolean isClose(double a, double b) {
    return Double.compare(a, b) == 0
        || a == b
        || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }

  /** Series m_f0 to m_f2 with tags a, b and now and then c. */
  private static Map<Map<String, String>, NavigableMap<Long, Double>> data(
      SplittableRandom random) {
    Map<Map<String, String>, NavigableMap<Long, Double>> data =
        new TreeMap<>(RandomQueries.BY_TEXT);
    for (int tags = 0; tags < 5; tags++) {
      Map<String, String> common = new TreeMap<>();
      common.put("a", String.valueOf(random.nextInt(3)));
      common.put("b", random.nextBoolean() ? "x" : "yy");
      if (random.nextInt(3) == 0) {
        common.put("c", "z");
      }
      for (int f = 0; f < 3; f++) {
        if (random.nextInt(5) > 0) {
          Map<String, String> labels = new TreeMap<>(common);
          labels.put("__name__", "m_f" + f);
          data.put(labels, samples(random, f));
        }
      }
    }
    return data;
  }

  /** Field 1 is a counter, field 2 whole numbers; the others have markers, NaN and gaps. */
  private static NavigableMap<Long, Double> samples(SplittableRandom random, int field) {
    NavigableMap<Long, Double> samples = new TreeMap<>();
    long time = random.nextInt(100_000);
    double counter = random.nextInt(50);
    while (time < END) {
      counter = random.nextInt(15) == 0 ? random.nextInt(5) : counter + random.nextInt(20);
      double value = field == 1 ? counter : random.nextInt(60) - 10;
      if (field != 2 && random.nextInt(25) == 0) {
        value = random.nextBoolean() ? SeriesText.STALE : Double.NaN;
      }
      samples.put(time, value);
      time += random.nextInt(20) == 0 ? 330_000 : 8_000 + random.nextInt(5) * 1_000;
    }
    return samples;
  }

  private static SeriesKey key(String measurement, Map<String, String> labels) {
    Map<String, String> tags = new TreeMap<>(labels);
    tags.remove("__name__");
    return SeriesKey.of(measurement, tags);
  }

  private static String name(Map<String, String> labels) {
    return labels.getOrDefault("__name__", "");
  }

  private static void writeAsRemoteWrite(
      Varve store, Map<Map<String, String>, NavigableMap<Long, Double>> data) {
    var database = store.createDatabase("prometheus", RetentionPolicy.of("autogen", 0));
    data.forEach(
        (labels, samples) -> {
          PointBatch batch = new PointBatch();
          samples.forEach(
              (time, value) -> {
                batch.beginRow(key(name(labels), labels));
                batch.add("value", value);
                batch.endRow(time * 1_000_000);
              });
          SeriesText.write(database, batch);
        });
  }

  /** Fields f0 to f2 of measurement m; those of one time in one row, f2 as integers. */
  private static void writeAsLineProtocol(
      Varve store, Map<Map<String, String>, NavigableMap<Long, Double>> data) {
    var database = store.createDatabase("telegraf", RetentionPolicy.of("autogen", 0));
    Map<String, Map<Long, List<Map<String, String>>>> rows = new TreeMap<>();
    Map<String, SeriesKey> keys = new TreeMap<>();
    data.forEach(
        (labels, samples) -> {
          SeriesKey key = key("m", labels);
          keys.put(key.toString(), key);
          samples
              .keySet()
              .forEach(
                  time ->
                      rows.computeIfAbsent(key.toString(), k -> new TreeMap<>())
                          .computeIfAbsent(time, t -> new ArrayList<>())
                          .add(labels));
        });
    PointBatch batch = new PointBatch();
    rows.forEach(
        (key, times) ->
            times.forEach(
                (time, fields) -> {
                  batch.beginRow(requireNonNull(keys.get(key)));
                  for (Map<String, String> labels : fields) {
                    double value = requireNonNull(requireNonNull(data.get(labels)).get(time));
                    if (name(labels).equals("m_f2")) {
                      batch.add("f2", (long) value);
                    } else {
                      batch.add(name(labels).substring(2), value);
                    }
                  }
                  // Below a millisecond, which PromQL does not see.
                  batch.endRow(time * 1_000_000 + time % 1_000_000);
                }));
    SeriesText.write(database, batch);
  }
}
