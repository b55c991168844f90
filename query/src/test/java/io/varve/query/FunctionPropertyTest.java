package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.model.NaiveStore;
import io.varve.storage.model.RetentionPolicy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random calls of functions that transform, choose or measure rows give what {@link NaiveFunction}
 * gives, over stored rows and over a subquery. {@code -Dvarve.seed=N} replays a failure.
 */
class FunctionPropertyTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int ROUNDS = 800;
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(60), ZoneOffset.UTC);

  private static final List<String> TRANSFORMATIONS =
      List.of(
          "difference",
          "non_negative_difference",
          "derivative",
          "non_negative_derivative",
          "cumulative_sum",
          "elapsed",
          "moving_average");

  private static final List<String> PER_WINDOW =
      List.of("top", "bottom", "top by host", "distinct", "stddev", "percentile", "integral");

  @Test
  void equalsNaiveEvaluation() {
    SelectPropertyTest.forEachSeed(
        ROUNDS,
        random -> {
          NaiveStore store = new NaiveStore(1 + random.nextInt(12), random.nextBoolean());
          store.createDatabase("db", RetentionPolicy.of("autogen", 0));
          List<NaiveSelect.Row> rows = SelectPropertyTest.rows(random, 1 + random.nextInt(60));
          rows.forEach(row -> SelectPropertyTest.put(store.database("db")::put, row));
          for (int q = 0; q < 6; q++) {
            check(random, store, rows);
          }
          assertThat(store.openReaders()).isZero();
        });
  }

  private static void check(SplittableRandom random, NaiveStore store, List<NaiveSelect.Row> rows) {
    boolean windowed = random.nextBoolean();
    boolean transforms = random.nextBoolean();
    long width = windowed ? (1 + random.nextInt(20)) * SECOND : 0;
    long from = (random.nextLong(60) - 25) * SECOND;
    long to = random.nextLong(60) * SECOND;
    boolean bounded = windowed || random.nextBoolean();
    boolean descending = random.nextBoolean();
    String function = SelectPropertyTest.pick(random, transforms ? TRANSFORMATIONS : PER_WINDOW);
    String field = random.nextBoolean() ? "f" : "i";
    String aggregate = SelectPropertyTest.pick(random, List.of("sum", "max", "mean"));
    NaiveFunction naive =
        new NaiveFunction(
            width, bounded ? from : Long.MIN_VALUE, bounded ? to : Long.MAX_VALUE, descending);
    List<NaiveFunction.Point> expected;
    if (!transforms) {
      expected = naive.perWindow(function, rows, field);
    } else if (windowed) {
      expected = naive.ofWindows(function, aggregate, rows, field);
    } else {
      expected = naive.ofPoints(function, rows, field);
    }
    String argument = transforms && windowed ? aggregate + "(" + field + ")" : field;
    String text =
        "SELECT "
            + call(function, argument)
            + " AS x FROM m"
            + (bounded ? " WHERE time >= " + from + " AND time < " + to : "")
            + (windowed ? " GROUP BY time(" + width + "ns) fill(none)" : "")
            + (descending ? " ORDER BY time DESC" : "");
    if (from >= to && bounded) {
      expected = List.of();
    }
    assertSame(text, rows, answer(store, text), expected, field, function);
    // Which of the rows at one time comes first is a matter of the source.
    boolean anyOrder = transforms ? windowed : !function.equals("integral");
    if (anyOrder && !function.equals("top by host")) {
      String nested = text.replace(" FROM m", " FROM (SELECT f, i FROM m GROUP BY dc, host)");
      assertSame(nested, rows, answer(store, nested), expected, field, function);
    }
  }

  private static String call(String function, String argument) {
    return switch (function) {
      case "top by host" -> "top(" + argument + ", host, 2)";
      case "top", "bottom", "moving_average" -> function + "(" + argument + ", 3)";
      case "percentile" -> "percentile(" + argument + ", 70)";
      case "elapsed", "derivative", "non_negative_derivative" ->
          function + "(" + argument + ", 1s)";
      default -> function + "(" + argument + ")";
    };
  }

  private static List<String> answer(NaiveStore store, String text) {
    List<String> lines =
        ResultText.read(
            new QueryEngine(store, CLOCK, QueryLimits.defaults())
                .influxQl(text, new QueryOptions("db", null, Map.of(), false, () -> false)));
    return lines.isEmpty() ? lines : lines.subList(1, lines.size());
  }

  private static void assertSame(
      String text,
      List<NaiveSelect.Row> rows,
      List<String> answer,
      List<NaiveFunction.Point> expected,
      String field,
      String function) {
    List<String> times = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (String line : answer) {
      String[] cells = line.split(" ");
      times.add(cells[0]);
      String value = cells[1].replace("i", "");
      values.add(value.equals("null") ? Double.NaN : Double.parseDouble(value));
    }
    boolean ownTime = !function.equals("percentile") || text.contains("GROUP BY time");
    if (ownTime) {
      assertThat(times)
          .as("%s%nrows %s%nanswer %s", text, rows, answer)
          .isEqualTo(expected.stream().map(point -> ResultText.time(point.time())).toList());
    }
    assertThat(values).as("%s%nrows %s", text, rows).hasSameSizeAs(expected);
    for (int i = 0; i < values.size(); i++) {
      double wanted = expected.get(i).value();
      double tolerance = 1e-9 * Math.max(1, Math.abs(wanted));
      boolean same =
          Double.isNaN(wanted)
              ? Double.isNaN(values.get(i))
              : Math.abs(values.get(i) - wanted) <= tolerance;
      assertThat(same)
          .as("%s: %s of %s, not %s%nrows %s", text, field, answer, expected, rows)
          .isTrue();
    }
  }
}
