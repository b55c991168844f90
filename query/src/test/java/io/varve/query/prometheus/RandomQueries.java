package io.varve.query.prometheus;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Texts of expressions that {@link NaiveProm} can evaluate. Values that are compared are whole
 * numbers, or differ from the number they are compared with, so that rounding decides nothing. The
 * steps of subqueries are no longer than any range: what is evaluated between the windows of a
 * function can fail, too, but the naive evaluation does not look there.
 */
final class RandomQueries {
  /** Orders labels somehow. */
  static final Comparator<Map<String, String>> BY_TEXT = Comparator.comparing(Map::toString);

  private static final List<String> NAMES = List.of("m_f0", "m_f1", "m_f2");
  private static final List<String> MATCHERS =
      List.of("a=\"1\"", "a!=\"1\"", "b=~\"x|y\"", "b!~\"x.*\"", "c=\"\"", "c!=\"\"", "a=~\".+\"");
  private static final List<String> RANGES = List.of("10s", "30s", "1m", "95s", "5m");
  private static final List<String> OVER_RANGE =
      List.of(
          "rate",
          "increase",
          "delta",
          "irate",
          "idelta",
          "changes",
          "resets",
          "count_over_time",
          "sum_over_time",
          "avg_over_time",
          "min_over_time",
          "max_over_time",
          "last_over_time",
          "first_over_time",
          "present_over_time",
          "quantile_over_time");

  /** What a difference in rounding makes jump: they get whole numbers only. */
  private static final Set<String> JUMPING =
      Set.of("rate", "increase", "irate", "changes", "resets");

  private static final List<String> EXTENDED =
      List.of("rate", "increase", "delta", "changes", "resets");
  private static final List<String> FILLS =
      List.of("", "", "", " fill (0)", " fill_left (2)", " fill_right (-1) fill_left (3)");
  private static final List<String> GROUPINGS =
      List.of("", " by (a)", " by (b, a)", " without (a)", " without (c, b)", " by (__name__, a)");
  private static final List<String> MATCHINGS =
      List.of("", "on (a, b, c)", "on (a)", "ignoring (c)", "ignoring (a)", "on (b, c)");

  private final SplittableRandom random;

  RandomQueries(SplittableRandom random) {
    this.random = random;
  }

  String query() {
    return vector(4);
  }

  private String oneOf(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }

  private String vector(int depth) {
    if (depth == 0) {
      return selector() + modifier();
    }
    return switch (random.nextInt(16)) {
      case 15 -> extended();
      case 0, 1 -> selector() + modifier();
      case 2, 3, 4 -> overRange(depth);
      case 5, 6 -> aggregation(depth);
      case 7 -> "-" + "(" + vector(depth - 1) + ")";
      case 8 -> oneOf(List.of("abs", "ceil", "timestamp")) + "(" + vector(depth - 1) + ")";
      case 9 -> "clamp_min(" + vector(depth - 1) + ", " + scalar(depth - 1) + ")";
      case 10 -> "(" + vector(depth - 1) + oneOf(List.of(" + ", " - ", " * ")) + scalar(1) + ")";
      case 11 ->
          "(" + vector(depth - 1) + oneOf(List.of(" > ", " <= bool ", " != ", " < ")) + "20.37)";
      case 12 -> matched(depth);
      case 13 ->
          "("
              + vector(depth - 1)
              + oneOf(List.of(" and ", " or ", " unless "))
              + oneOf(MATCHINGS)
              + " "
              + vector(depth - 1)
              + ")";
      default ->
          random.nextBoolean()
              ? "absent(" + aggregation(depth) + ")"
              : "vector(" + scalar(depth - 1) + ")";
    };
  }

  private String matched(int depth) {
    return switch (random.nextInt(3)) {
      case 0 ->
          "("
              + selector()
              + oneOf(List.of(" > ", " == ", " <= bool "))
              + matching()
              + selector()
              + ")";
      case 1 ->
          "("
              + vector(depth - 1)
              + " * on (a) group_left"
              + oneOf(FILLS)
              + " "
              + "sum by (a) ("
              + vector(depth - 1)
              + "))";
      default ->
          "("
              + vector(depth - 1)
              + oneOf(List.of(" + ", " - ", " / "))
              + matching()
              + vector(depth - 1)
              + ")";
    };
  }

  private String matching() {
    return oneOf(MATCHINGS) + oneOf(FILLS) + " ";
  }

  private String extended() {
    String modifier = modifier();
    if (random.nextInt(4) == 0) {
      return selector() + " smoothed" + modifier;
    }
    int function = random.nextInt(EXTENDED.size());
    String extension = function < 3 && random.nextBoolean() ? " smoothed" : " anchored";
    String range = selector() + "[" + oneOf(RANGES) + "]";
    return EXTENDED.get(function) + "(" + range + extension + modifier + ")";
  }

  private String aggregation(int depth) {
    String operator = oneOf(List.of("sum", "avg", "min", "max", "count", "group", "quantile"));
    String parameter = operator.equals("quantile") ? scalarQuantile() + ", " : "";
    return operator + oneOf(GROUPINGS) + " (" + parameter + vector(depth - 1) + ")";
  }

  private String scalarQuantile() {
    return oneOf(List.of("0", "0.25", "0.5", "1", "-1", "2"));
  }

  private String overRange(int depth) {
    String function = oneOf(OVER_RANGE);
    String parameter = function.equals("quantile_over_time") ? scalarQuantile() + ", " : "";
    String range =
        random.nextInt(3) == 0
            ? "("
                + (JUMPING.contains(function) ? whole() : vector(Math.min(2, depth - 1)))
                + ")["
                + oneOf(RANGES)
                + ":"
                + oneOf(List.of("7s", "10s"))
                + "]"
            : selector() + "[" + oneOf(RANGES) + "]";
    return function + "(" + parameter + range + modifier() + ")";
  }

  /** Whole numbers, however they are computed. */
  private String whole() {
    return switch (random.nextInt(4)) {
      case 0 -> "-" + selector();
      case 1 ->
          oneOf(List.of("sum", "min", "max", "count")) + oneOf(GROUPINGS) + "(" + selector() + ")";
      case 2 -> "clamp_min(" + selector() + ", 3)";
      default -> selector() + modifier();
    };
  }

  private String selector() {
    String name = random.nextInt(6) == 0 ? "{__name__=~\"m_f[" + random.nextInt(3) + "2]\"" : null;
    String matcher = random.nextBoolean() ? oneOf(MATCHERS) : "";
    if (name != null) {
      return name + (matcher.isEmpty() ? "" : "," + matcher) + "}";
    }
    return oneOf(NAMES) + (matcher.isEmpty() ? "" : "{" + matcher + "}");
  }

  private String modifier() {
    return switch (random.nextInt(8)) {
      case 0 -> " offset 35s";
      case 1 -> " offset -20s";
      case 2 -> " @ 200.5";
      case 3 -> oneOf(List.of(" @ start()", " @ end()", " @ end() offset 1m"));
      default -> "";
    };
  }

  private String scalar(int depth) {
    return switch (random.nextInt(depth <= 0 ? 2 : 4)) {
      case 0 -> String.valueOf(random.nextInt(10) - 2);
      case 1 -> "time()";
      case 2 -> "scalar(" + vector(depth - 1) + ")";
      default -> "(" + scalar(depth - 1) + oneOf(List.of(" + ", " * ", " - ")) + "3)";
    };
  }
}
