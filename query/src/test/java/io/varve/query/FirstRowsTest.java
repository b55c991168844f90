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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few rows of each of many series: what single series give, in the order of their tags. */
class FirstRowsTest {
  private static final long SECOND = 1_000_000_000L;

  /** More than a part has. */
  private static final int HOSTS = 700;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private static QueryOptions options() {
    return new QueryOptions("db", null, Map.of(), true, () -> false);
  }

  private static List<String> answer(QueryEngine engine, String text) {
    return ResultText.read(engine.influxQl(text, options()));
  }

  private static Map<String, String> tags(int host) {
    Map<String, String> tags = new HashMap<>();
    tags.put("host", "h" + host + (host % 50 == 0 ? "\ud83d\ude00" : ""));
    tags.put("dc", "dc" + host % 7);
    if (host % 3 > 0) {
      tags.put("rack", "r" + host % 11);
    }
    return tags;
  }

  /** Whole rows, gaps, texts, a host whose rows went back in time. */
  private static void write(Database database, int step, SplittableRandom random) {
    PointBatch batch = new PointBatch();
    for (int host = 0; host < HOSTS; host++) {
      if (host % 40 == 39 && step > 0) {
        continue;
      }
      batch.beginRow(SeriesKey.of("cpu", tags(host)));
      batch.add("f", random.nextInt(1000) / 8.0);
      if (host % 30 != 7 || step == 0) {
        batch.add("i", (long) random.nextInt(100));
      }
      if (host % 100 == 3) {
        batch.add("s", "text " + step);
      }
      batch.endRow((host % 60 == 5 ? -step : step) * SECOND);
    }
    database.write(null, batch).join();
  }

  @Test
  void areThoseOfEachSeriesInTheOrderOfTheTags() {
    SplittableRandom random = new SplittableRandom(Long.getLong("varve.seed", 5));
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.createDatabase("db", RetentionPolicy.of("autogen", 0));
      for (int step = 0; step < 12; step++) {
        write(database, step, random);
        if (step == 4) {
          varve.checkpoint();
        }
        if (step == 3 || step == 11) {
          check(varve);
        }
      }
    }
    try (Varve varve = Varve.open(directory)) {
      check(varve);
    }
  }

  private static void check(Varve varve) {
    for (int workers : new int[] {1, 3}) {
      QueryEngine engine =
          new QueryEngine(
              varve,
              Clock.systemUTC(),
              QueryLimits.defaults(),
              RunningQueryLimits.none(),
              new QueryResources(workers, Long.MAX_VALUE, 64));
      for (String end :
          List.of(
              "ORDER BY time DESC LIMIT 1",
              "LIMIT 2 OFFSET 1",
              "ORDER BY time DESC LIMIT 1 OFFSET 1",
              "ORDER BY time DESC LIMIT 8")) {
        check(engine, "SELECT * FROM cpu", "", end);
        check(engine, "SELECT f, i * 2 AS x, dc FROM cpu", "", end);
        check(engine, "SELECT dc, f, dc AS again, rack, f AS same FROM cpu", "", end);
        check(engine, "SELECT i, s FROM cpu", "time < 3s", end);
        check(engine, "SELECT * FROM cpu", "f > 60", end);
      }
      assertThat(varve.stats().openReaders()).isZero();
    }
  }

  private static void check(QueryEngine engine, String what, String where, String end) {
    List<String> wanted = new ArrayList<>();
    List<Map<String, String>> hosts = new ArrayList<>();
    for (int host = 0; host < HOSTS; host++) {
      hosts.add(tags(host));
    }
    Comparator<Map<String, String>> order =
        Comparator.comparing(t -> t.get("host"), SeriesKey::compareUtf8);
    hosts.sort(end.contains("DESC") ? order.reversed() : order);
    // A single series is read in another way. Not each, as that would take long.
    for (int h = 0; h < HOSTS; h += 23) {
      String one = "host = '" + hosts.get(h).get("host") + "'";
      wanted.addAll(
          answer(
              engine,
              what
                  + " WHERE "
                  + (where.isEmpty() ? one : one + " AND " + where)
                  + " GROUP BY host "
                  + end));
    }
    String all = what + (where.isEmpty() ? "" : " WHERE " + where);
    List<List<String>> series = bySeries(answer(engine, all + " GROUP BY host " + end));
    List<String> got = new ArrayList<>();
    for (List<String> each : series) {
      for (int h = 0; h < HOSTS; h += 23) {
        if (each.get(0).contains("host=" + hosts.get(h).get("host") + "}")) {
          got.addAll(each);
        }
      }
    }
    assertThat(got).as(all + " " + end).isNotEmpty().isEqualTo(wanted);
  }

  /** Cuts an answer where a series begins. */
  private static List<List<String>> bySeries(List<String> lines) {
    List<List<String>> series = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("cpu")) {
        series.add(new ArrayList<>());
      }
      series.get(series.size() - 1).add(line);
    }
    return series;
  }

  @Test
  void areGroupedBySeveralTagsWithoutATagFirst() {
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.createDatabase("db", RetentionPolicy.of("autogen", 0));
      write(database, 0, new SplittableRandom(1));
      QueryEngine engine = new QueryEngine(varve, Clock.systemUTC());
      Map<String, Integer> wanted = new TreeMap<>();
      for (int host = 0; host < HOSTS; host++) {
        wanted.merge(
            tags(host).get("dc") + "," + tags(host).getOrDefault("rack", ""), 1, (x, y) -> x + y);
      }
      List<String> got = new ArrayList<>();
      try (ResultCursor answer =
          engine.influxQl("SELECT count(f) FROM cpu GROUP BY rack, dc", options())) {
        assertThat(answer.nextStatement()).isTrue();
        while (answer.nextSeries() && answer.nextBlock()) {
          Map<String, String> tags = answer.series().tags();
          long count = answer.block().column(1).longs()[0];
          got.add(tags.get("dc") + "," + tags.get("rack") + "=" + count);
        }
      }
      assertThat(got).isEqualTo(wanted.entrySet().stream().map(Object::toString).toList());
    }
  }

  @Test
  void haveTagsAsAnyMap() {
    TagMap.Keys keys = new TagMap.Keys("a", "b");
    byte[][] values = {{'1'}, "\u00e4".getBytes(StandardCharsets.UTF_8)};
    TagMap tags = new TagMap(keys, values);
    assertThat(tags).isEqualTo(Map.of("a", "1", "b", "\u00e4")).hasToString("{a=1, b=\u00e4}");
    assertThat(tags.firstKey()).isEqualTo("a");
    assertThat(tags.lastKey()).isEqualTo("b");
    assertThat(tags.headMap("b")).isEqualTo(Map.of("a", "1"));
    assertThat(tags.tailMap("b")).isEqualTo(tags.subMap("b", "c")).isEqualTo(Map.of("b", "\u00e4"));
    assertThat(tags.keys()).isSameAs(keys).isNotEqualTo(new TagMap.Keys("a", "b"));
    assertThat(tags.utf8(0)).containsExactly('1');
  }
}
