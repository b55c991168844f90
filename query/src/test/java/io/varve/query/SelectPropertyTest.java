package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.catalog.Store;
import io.varve.query.model.NaiveStore;
import io.varve.storage.Durability;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random SELECTs over random rows give what {@link NaiveSelect} gives. Floats are small multiples
 * of 1/4, so sums are exact in any order. {@code -Dvarve.seed=N} replays a failure.
 */
class SelectPropertyTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int ROUNDS = 1500;
  private static final int ENGINE_ROUNDS = 40;

  /** Makes raw rows of several series come in many slices. */
  private static final QueryLimits FEW_ROWS_IN_MEMORY = new QueryLimits(1000, 1000, 800);

  private static final QueryResources ALONE = new QueryResources(1, Long.MAX_VALUE);
  private static final QueryResources DIVIDED = new QueryResources(3, Long.MAX_VALUE, 1);

  private static final List<String> INNER =
      List.of(
          "(SELECT * FROM m)",
          "(SELECT * FROM m GROUP BY dc, host)",
          "(SELECT * FROM (SELECT * FROM m GROUP BY host) GROUP BY dc)",
          "(SELECT host, dc, f, i, s, b FROM m LIMIT 1000)");

  private static final String[] FIELDS = {"f", "i", "s", "b"};

  @Test
  void equalsNaiveEvaluationOverAnyBatches() {
    forEachSeed(
        ROUNDS,
        random -> {
          NaiveStore store = new NaiveStore(1 + random.nextInt(12), random.nextBoolean());
          store.createDatabase("db", RetentionPolicy.of("autogen", 0));
          List<NaiveSelect.Row> rows = rows(random, 1 + random.nextInt(60));
          rows.forEach(row -> put(store.database("db")::put, row));
          check(random, store, rows, 6);
          assertThat(store.openReaders()).isZero();
        });
  }

  @Test
  void equalsNaiveEvaluationOverTheEngine(@TempDir Path directory) {
    VarveOptions options =
        VarveOptions.defaults()
            .withDurability(Durability.NONE)
            .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    try (Varve varve = Varve.open(directory, options)) {
      VarveStore store = new VarveStore(varve);
      forEachSeed(
          ENGINE_ROUNDS,
          random -> {
            varve.dropDatabase("db");
            var database = varve.createDatabase("db", RetentionPolicy.of("autogen", 0));
            List<NaiveSelect.Row> rows = rows(random, 1 + random.nextInt(60));
            int stored = random.nextInt(rows.size() + 1);
            rows.subList(0, stored).forEach(row -> put(new EngineSink(database), row));
            varve.checkpoint();
            rows.subList(stored, rows.size()).forEach(row -> put(new EngineSink(database), row));
            check(random, store, rows, 40);
          });
    }
  }

  interface Round {
    void run(SplittableRandom random);
  }

  static void forEachSeed(int rounds, Round round) {
    String given = System.getProperty("varve.seed");
    long first = given == null ? System.nanoTime() : Long.parseLong(given);
    for (int i = 0; i < (given == null ? rounds : 1); i++) {
      long seed = first + i;
      try {
        round.run(new SplittableRandom(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dvarve.seed=" + seed, e);
      }
    }
  }

  /** Rows of a few series; a time occurs once per series. The first row has all fields. */
  static List<NaiveSelect.Row> rows(SplittableRandom random, int count) {
    Map<String, NaiveSelect.Row> rows = new TreeMap<>();
    Map<SeriesKey, Integer> orders = new HashMap<>();
    int series = 1 + random.nextInt(5);
    long spread = random.nextBoolean() ? 100 : 10;
    for (int r = 0; r < count; r++) {
      int number = random.nextInt(series);
      SeriesKey key =
          SeriesKey.of("m", Map.of("host", "h" + number / 2, "dc", number % 2 == 0 ? "" : "d"));
      long time = (random.nextLong(spread) - spread / 4) * SECOND;
      Map<String, Object> values = new HashMap<>();
      while (values.isEmpty()) {
        for (String field : FIELDS) {
          if (r == 0 || random.nextInt(3) > 0) {
            values.put(field, value(random, field));
          }
        }
      }
      String id = key + "@" + time;
      if (!rows.containsKey(id)) {
        int order = orders.computeIfAbsent(key, k -> orders.size());
        rows.put(id, new NaiveSelect.Row(key, order, time, values));
      }
    }
    List<NaiveSelect.Row> list = new ArrayList<>(rows.values());
    // Series get their ids in this order.
    list.sort((a, b) -> Integer.compare(a.order(), b.order()));
    return list;
  }

  private static Object value(SplittableRandom random, String field) {
    return switch (field) {
      case "f" -> (random.nextInt(40) - 20) / 4.0;
      case "i" -> (long) random.nextInt(20) - 10;
      case "s" -> "s" + random.nextInt(4);
      default -> random.nextBoolean();
    };
  }

  static void put(PointText.Sink sink, NaiveSelect.Row row) {
    row.values()
        .forEach((field, value) -> sink.put(null, row.key(), row.time(), field, value, false));
  }

  private static void check(
      SplittableRandom random, Store store, List<NaiveSelect.Row> rows, int queries) {
    for (int q = 0; q < queries; q++) {
      StringBuilder text = new StringBuilder();
      NaiveSelect select = select(random, text);
      QueryEngine engine =
          new QueryEngine(
              store,
              Clock.fixed(Instant.ofEpochSecond(0, select.nowNanos()), ZoneOffset.UTC),
              select.raw() ? FEW_ROWS_IN_MEMORY : QueryLimits.defaults(),
              random.nextBoolean() ? ALONE : DIVIDED);
      List<String> answer =
          ResultText.read(
              engine.influxQl(
                  text.toString(), new QueryOptions("db", null, Map.of(), false, () -> false)));
      assertThat(answer).as("%s%nrows %s", text, rows).isEqualTo(select.evaluate(rows));
      // A tag that a series does not have is empty, but null in a column that was selected.
      if (!select.raw() && !text.toString().contains("dc !=")) {
        // All columns of all rows, tags included, are as good as the measurement itself.
        String nested = text.toString().replace(" FROM m", " FROM " + pick(random, INNER));
        assertThat(
                ResultText.read(
                    engine.influxQl(
                        nested, new QueryOptions("db", null, Map.of(), false, () -> false))))
            .as("%s%nrows %s", nested, rows)
            .isEqualTo(answer);
      }
    }
  }

  static <T> T pick(SplittableRandom random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** A random SELECT, and its text. */
  private static NaiveSelect select(SplittableRandom random, StringBuilder text) {
    final boolean raw = random.nextInt(4) == 0;
    List<String> calls = new ArrayList<>();
    for (int c = 1 + random.nextInt(3); c > 0; c--) {
      calls.add(raw ? pick(random, List.of(FIELDS)) : call(random));
    }
    List<String> groupBy = pick(random, List.of(List.of(), List.of("host"), List.of("dc", "host")));
    final long width = raw || random.nextBoolean() ? 0 : (1 + random.nextInt(20)) * SECOND;
    final long offset = width == 0 ? 0 : random.nextLong(width);
    String fill = raw ? "null" : pick(random, List.of("null", "none", "previous", "linear", "7"));
    Long from = random.nextBoolean() ? null : (random.nextLong(60) - 25) * SECOND + 1;
    Long to = random.nextBoolean() ? null : random.nextLong(60) * SECOND;
    boolean descending = random.nextBoolean();
    int limit = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
    final int skip = random.nextInt(3) == 0 ? random.nextInt(3) : 0;
    final long now = 60 * SECOND;
    text.append("SELECT ");
    for (int c = 0; c < calls.size(); c++) {
      text.append(c == 0 ? "" : ", ").append(calls.get(c)).append(" AS c").append(c);
    }
    text.append(" FROM m");
    List<String> conditions = new ArrayList<>();
    if (from != null) {
      conditions.add("time >= " + from);
    }
    if (to != null) {
      conditions.add("time < " + to);
    }
    Predicate<NaiveSelect.Row> condition = condition(random, conditions);
    text.append(conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
    List<String> dimensions = new ArrayList<>(groupBy);
    if (width > 0) {
      dimensions.add("time(" + width + "ns, " + offset + "ns)");
    }
    text.append(dimensions.isEmpty() ? "" : " GROUP BY " + String.join(", ", dimensions));
    text.append(raw ? "" : " fill(" + fill + ")");
    text.append(descending ? " ORDER BY time DESC" : "");
    text.append(limit > 0 ? " LIMIT " + limit : "").append(skip > 0 ? " OFFSET " + skip : "");
    return new NaiveSelect(
        calls,
        raw,
        groupBy,
        width,
        offset,
        fill,
        from,
        to,
        condition,
        descending,
        limit,
        skip,
        now);
  }

  private static String call(SplittableRandom random) {
    String field = pick(random, List.of(FIELDS));
    List<String> functions =
        switch (field) {
          case "s" -> List.of("count", "first", "last", "mode");
          case "b" -> List.of("count", "first", "last", "min", "max", "mode");
          default ->
              List.of(
                  "count", "first", "last", "min", "max", "sum", "mean", "median", "mode",
                  "spread");
        };
    return pick(random, functions) + "(" + field + ")";
  }

  private static Predicate<NaiveSelect.Row> condition(SplittableRandom random, List<String> texts) {
    Predicate<NaiveSelect.Row> condition = row -> true;
    for (int i = random.nextInt(3); i > 0; i--) {
      StringBuilder text = new StringBuilder();
      Predicate<NaiveSelect.Row> one = comparison(random, text);
      if (random.nextBoolean()) {
        boolean or = random.nextBoolean();
        text.append(or ? " OR " : " AND ");
        Predicate<NaiveSelect.Row> other = comparison(random, text);
        one = or ? one.or(other) : one.and(other);
      }
      texts.add("(" + text + ")");
      condition = condition.and(one);
    }
    return condition;
  }

  private static Predicate<NaiveSelect.Row> comparison(
      SplittableRandom random, StringBuilder text) {
    switch (random.nextInt(6)) {
      case 0 -> {
        text.append("host = 'h1'");
        return row -> row.key().tag("host").equals("h1");
      }
      case 1 -> {
        text.append("dc != 'd'");
        return row -> !row.key().tag("dc").equals("d");
      }
      case 2 -> {
        text.append("dc =~ /./");
        return row -> !row.key().tag("dc").isEmpty();
      }
      case 3 -> {
        text.append("f > -1.5");
        return row -> row.values().get("f") instanceof Double f && f > -1.5;
      }
      case 4 -> {
        text.append("s != 's1'");
        return row -> row.values().get("s") instanceof String s && !s.equals("s1");
      }
      default -> {
        text.append("i <= 3");
        return row -> row.values().get("i") instanceof Long i && i <= 3;
      }
    }
  }
}
