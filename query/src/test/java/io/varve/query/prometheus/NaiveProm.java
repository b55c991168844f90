package io.varve.query.prometheus;

import static java.util.Objects.requireNonNull;

import io.varve.query.promql.LabelPredicate;
import io.varve.query.promql.ast.Aggregator;
import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.TimeSpan;
import io.varve.query.promql.ast.ValueType;
import io.varve.query.promql.ast.VectorMatching;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * PromQL at one time, sample by sample: what the evaluator is compared with. Knows the expressions
 * of {@link RandomQueries}. Labels are sorted maps, the metric's name one of them.
 */
final class NaiveProm {
  private static final String NAME = "__name__";
  private static final long LOOKBACK = 300_000;
  private static final long DEFAULT_STEP = 60_000;

  /** The query has no answer. */
  static final class NoAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoAnswerException(String message) {
      super(message);
    }
  }

  private final Map<Map<String, String>, NavigableMap<Long, Double>> data;
  private final long queryStart;
  private final long queryEnd;

  NaiveProm(
      Map<Map<String, String>, NavigableMap<Long, Double>> data, long queryStart, long queryEnd) {
    this.data = data;
    this.queryStart = queryStart;
    this.queryEnd = queryEnd;
  }

  double scalar(Expr expr, long time) {
    if (expr instanceof Expr.NumberLiteral number) {
      return number.value();
    }
    if (expr instanceof Expr.ParenExpr paren) {
      return scalar(paren.expr(), time);
    }
    if (expr instanceof Expr.UnaryExpr unary) {
      return unary.negated() ? -scalar(unary.expr(), time) : scalar(unary.expr(), time);
    }
    if (expr instanceof Expr.BinaryExpr binary) {
      return requireNonNull(
          combine(binary, scalar(binary.lhs(), time), scalar(binary.rhs(), time)));
    }
    Expr.Call call = (Expr.Call) expr;
    if (call.function() == PromFunction.TIME) {
      return time / 1000.0;
    }
    Map<Map<String, String>, Double> vector = vector(call.args().get(0), time);
    return vector.size() == 1 ? vector.values().iterator().next() : Double.NaN;
  }

  Map<Map<String, String>, Double> vector(Expr expr, long time) {
    if (expr instanceof Expr.ParenExpr paren) {
      return vector(paren.expr(), time);
    }
    if (expr instanceof Expr.VectorSelector selector) {
      return selector.extension() == RangeExtension.SMOOTHED
          ? smoothed(selector, time)
          : newest(selector, time, false);
    }
    if (expr instanceof Expr.UnaryExpr unary) {
      Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
      vector(unary.expr(), time)
          .forEach(
              (labels, value) ->
                  put(
                      result,
                      unary.negated() ? without(labels, NAME) : labels,
                      unary.negated() ? -value : value));
      return result;
    }
    if (expr instanceof Expr.AggregateExpr aggregation) {
      return aggregate(aggregation, time);
    }
    if (expr instanceof Expr.BinaryExpr binary) {
      return binary(binary, time);
    }
    return call((Expr.Call) expr, time);
  }

  private static void put(
      Map<Map<String, String>, Double> result, Map<String, String> labels, double value) {
    if (result.put(labels, value) != null) {
      throw new NoAnswerException("same labels twice: " + labels);
    }
  }

  private static Map<String, String> without(Map<String, String> labels, String... names) {
    Map<String, String> rest = new TreeMap<>(labels);
    for (String name : names) {
      rest.remove(name);
    }
    return rest;
  }

  private static Map<String, String> group(
      Map<String, String> labels, List<String> names, boolean keep) {
    Map<String, String> rest = new TreeMap<>(labels);
    rest.keySet().removeIf(name -> names.contains(name) != keep);
    return rest;
  }

  // Selectors.

  private long shifted(long time, @Nullable AtModifier at, TimeSpan offset) {
    long base = time;
    if (at instanceof AtModifier.Timestamp fixed) {
      base = fixed.millis();
    } else if (at != null) {
      base = at == AtModifier.Preprocessor.START ? queryStart : queryEnd;
    }
    return base - offset.millis();
  }

  private static boolean matches(Expr.VectorSelector selector, Map<String, String> labels) {
    for (LabelMatcher matcher : selector.matchers()) {
      if (!LabelPredicate.of(matcher).matches(labels.getOrDefault(matcher.name(), ""))) {
        return false;
      }
    }
    return true;
  }

  private Map<Map<String, String>, Double> newest(
      Expr.VectorSelector selector, long time, boolean times) {
    long end = shifted(time, selector.at(), selector.offset());
    Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
    data.forEach(
        (labels, samples) -> {
          Map.Entry<Long, Double> newest = samples.floorEntry(end);
          if (matches(selector, labels)
              && newest != null
              && newest.getKey() > end - LOOKBACK
              && !isStale(newest.getValue())) {
            put(
                result,
                times ? without(labels, NAME) : labels,
                times ? newest.getKey() / 1000.0 : newest.getValue());
          }
        });
    return result;
  }

  /** The samples between two times, without markers. */
  private static NavigableMap<Long, Double> between(
      NavigableMap<Long, Double> samples, long after, long upTo) {
    NavigableMap<Long, Double> some = new TreeMap<>(samples.subMap(after, false, upTo, true));
    some.values().removeIf(NaiveProm::isStale);
    return some;
  }

  private Map<Map<String, String>, Double> smoothed(Expr.VectorSelector selector, long time) {
    long at = shifted(time, selector.at(), selector.offset());
    Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
    data.forEach(
        (labels, all) -> {
          NavigableMap<Long, Double> samples = between(all, at - LOOKBACK, at + LOOKBACK);
          if (matches(selector, labels) && samples.floorEntry(at) != null) {
            put(result, labels, onLine(samples, at, false));
          }
        });
    return result;
  }

  /** The value at a time with a sample before, and of that one if there is none behind. */
  private static double onLine(NavigableMap<Long, Double> samples, long at, boolean counter) {
    Map.Entry<Long, Double> before = requireNonNull(samples.floorEntry(at));
    Map.Entry<Long, Double> behind = samples.ceilingEntry(at);
    if (behind == null || behind.getKey() == at) {
      return behind == null ? before.getValue() : behind.getValue();
    }
    double first = counter && behind.getValue() < before.getValue() ? 0 : before.getValue();
    double share = (double) (at - before.getKey()) / (behind.getKey() - before.getKey());
    return first + (behind.getValue() - first) * share;
  }

  /** A function of a range that is anchored or smoothed; null if it has no value. */
  private static @Nullable Double extended(
      PromFunction function, Expr.MatrixSelector matrix, NavigableMap<Long, Double> all, long end) {
    boolean smoothed = matrix.vectorSelector().extension() == RangeExtension.SMOOTHED;
    boolean counter = function != PromFunction.DELTA;
    long start = end - matrix.range().millis();
    NavigableMap<Long, Double> samples =
        between(all, start - LOOKBACK, smoothed ? end + LOOKBACK : end);
    NavigableMap<Long, Double> inside = samples.subMap(start, false, end, false);
    List<Double> points = new ArrayList<>();
    if (samples.tailMap(start, false).isEmpty()
        || samples.firstKey() > end
        || (inside.isEmpty() && !smoothed && !samples.containsKey(end))) {
      return null;
    }
    if (samples.floorEntry(start) != null) {
      double value = requireNonNull(samples.floorEntry(start)).getValue();
      points.add(smoothed ? onLine(samples, start, counter) : value);
    }
    points.addAll(inside.values());
    if (samples.containsKey(end) || (smoothed && samples.floorEntry(end) != null)) {
      points.add(onLine(samples, end, counter));
    }
    double raw = points.get(points.size() - 1) - points.get(0);
    int changes = 0;
    int resets = 0;
    for (int i = 1; i < points.size(); i++) {
      double before = points.get(i - 1);
      double value = points.get(i);
      boolean same = value == before || (Double.isNaN(value) && Double.isNaN(before));
      changes += same ? 0 : 1;
      resets += value < before ? 1 : 0;
      raw += counter && value < before ? before : 0;
    }
    return switch (function) {
      case CHANGES -> (double) changes;
      case RESETS -> (double) resets;
      case RATE -> raw / (matrix.range().millis() / 1000.0);
      default -> raw;
    };
  }

  private static boolean isStale(double value) {
    return Double.doubleToRawLongBits(value) == 0x7ff0000000000002L;
  }

  /** The samples of a range, and where it ends. */
  private record Window(
      Map<Map<String, String>, NavigableMap<Long, Double>> series, long start, long end) {}

  private Window window(Expr expr, long time) {
    Map<Map<String, String>, NavigableMap<Long, Double>> series =
        new TreeMap<>(RandomQueries.BY_TEXT);
    if (expr instanceof Expr.ParenExpr paren) {
      return window(paren.expr(), time);
    }
    if (expr instanceof Expr.MatrixSelector matrix) {
      Expr.VectorSelector selector = matrix.vectorSelector();
      long end = shifted(time, selector.at(), selector.offset());
      long start = end - matrix.range().millis();
      data.forEach(
          (labels, samples) -> {
            if (matches(selector, labels)) {
              NavigableMap<Long, Double> some = between(samples, start, end);
              if (!some.isEmpty()) {
                series.put(labels, some);
              }
            }
          });
      return new Window(series, start, end);
    }
    Expr.SubqueryExpr subquery = (Expr.SubqueryExpr) expr;
    long end = shifted(time, subquery.at(), subquery.offset());
    long start = end - subquery.range().millis();
    long step = subquery.step().millis() == 0 ? DEFAULT_STEP : subquery.step().millis();
    for (long at = start + 1; at <= end; at++) {
      if (Math.floorMod(at, step) == 0) {
        long inner = at;
        vector(subquery.expr(), at)
            .forEach(
                (labels, value) ->
                    series.computeIfAbsent(labels, l -> new TreeMap<>()).put(inner, value));
        at += step - 1;
      }
    }
    return new Window(series, start, end);
  }

  // Functions.

  private Map<Map<String, String>, Double> call(Expr.Call call, long time) {
    Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
    PromFunction function = call.function();
    if (function == PromFunction.VECTOR) {
      result.put(Map.of(), scalar(call.args().get(0), time));
      return result;
    }
    Expr last = call.args().get(call.args().size() - 1);
    if (last instanceof Expr.MatrixSelector matrix
        && matrix.vectorSelector().extension() != RangeExtension.NONE) {
      Expr.VectorSelector selector = matrix.vectorSelector();
      long end = shifted(time, selector.at(), selector.offset());
      data.forEach(
          (labels, samples) -> {
            Double value =
                matches(selector, labels) ? extended(function, matrix, samples, end) : null;
            if (value != null) {
              put(result, without(labels, NAME), value);
            }
          });
      return result;
    }
    if (last.type() == ValueType.MATRIX) {
      Window window = window(last, time);
      boolean keepsName =
          function == PromFunction.LAST_OVER_TIME || function == PromFunction.FIRST_OVER_TIME;
      double parameter = call.args().size() > 1 ? scalar(call.args().get(0), time) : 0;
      window.series.forEach(
          (labels, samples) -> {
            Double value = overRange(function, samples, window, parameter);
            if (value != null) {
              put(result, keepsName ? labels : without(labels, NAME), value);
            }
          });
      return result;
    }
    Expr first = call.args().get(0);
    if (function == PromFunction.TIMESTAMP && first instanceof Expr.VectorSelector selector) {
      return newest(selector, time, true);
    }
    Map<Map<String, String>, Double> vector = vector(first, time);
    if (function == PromFunction.ABSENT) {
      // Only asked about what is no selector.
      if (vector.isEmpty()) {
        result.put(Map.of(), 1.0);
      }
      return result;
    }
    double bound = call.args().size() > 1 ? scalar(call.args().get(1), time) : 0;
    vector.forEach(
        (labels, value) -> {
          double changed =
              switch (function) {
                case ABS -> Math.abs(value);
                case CEIL -> Math.ceil(value);
                case TIMESTAMP -> time / 1000.0;
                // An infinity wins over NaN, in Go's maximum alone.
                case CLAMP_MIN ->
                    value == Double.POSITIVE_INFINITY
                        ? value
                        : bound == Double.POSITIVE_INFINITY ? bound : Math.max(value, bound);
                default -> throw new IllegalStateException("not known here: " + function);
              };
          put(result, without(labels, NAME), changed);
        });
    return result;
  }

  private static @Nullable Double overRange(
      PromFunction function, NavigableMap<Long, Double> samples, Window window, double parameter) {
    double[] values = samples.values().stream().mapToDouble(Double::doubleValue).toArray();
    int n = values.length;
    double sum = 0;
    double least = Double.NaN;
    double most = Double.NaN;
    int changes = 0;
    int resets = 0;
    double lost = 0;
    for (int i = 0; i < n; i++) {
      sum += values[i];
      least = Double.isNaN(least) || values[i] < least ? values[i] : least;
      most = Double.isNaN(most) || values[i] > most ? values[i] : most;
      if (i > 0) {
        boolean same =
            values[i] == values[i - 1] || (Double.isNaN(values[i]) && Double.isNaN(values[i - 1]));
        changes += same ? 0 : 1;
        resets += values[i] < values[i - 1] ? 1 : 0;
        lost += values[i] < values[i - 1] ? values[i - 1] : 0;
      }
    }
    return switch (function) {
      case COUNT_OVER_TIME -> (double) n;
      case PRESENT_OVER_TIME -> 1.0;
      case SUM_OVER_TIME -> sum;
      case AVG_OVER_TIME -> sum / n;
      case MIN_OVER_TIME -> least;
      case MAX_OVER_TIME -> most;
      case LAST_OVER_TIME -> values[n - 1];
      case FIRST_OVER_TIME -> values[0];
      case CHANGES -> (double) changes;
      case RESETS -> (double) resets;
      case QUANTILE_OVER_TIME -> quantile(values, parameter);
      case RATE, INCREASE, DELTA -> {
        if (n < 2) {
          yield null;
        }
        boolean counter = function != PromFunction.DELTA;
        double raw = values[n - 1] - values[0] + (counter ? lost : 0);
        double scaled = extrapolated(raw, counter, values[0], n, samples, window);
        yield function == PromFunction.RATE
            ? scaled / ((window.end - window.start) / 1000.0)
            : scaled;
      }
      case IRATE, IDELTA -> {
        if (n < 2) {
          yield null;
        }
        double change = values[n - 1] - values[n - 2];
        if (function == PromFunction.IDELTA) {
          yield change;
        }
        double seconds =
            (samples.lastKey() - requireNonNull(samples.lowerKey(samples.lastKey()))) / 1000.0;
        yield (values[n - 1] < values[n - 2] ? values[n - 1] : change) / seconds;
      }
      default -> throw new IllegalStateException("not known here: " + function);
    };
  }

  private static double extrapolated(
      double raw,
      boolean counter,
      double first,
      int n,
      NavigableMap<Long, Double> samples,
      Window window) {
    double sampled = (samples.lastKey() - samples.firstKey()) / 1000.0;
    double average = sampled / (n - 1);
    double left = (samples.firstKey() - window.start) / 1000.0;
    double right = (window.end - samples.lastKey()) / 1000.0;
    left = left >= 1.1 * average ? average / 2 : left;
    right = right >= 1.1 * average ? average / 2 : right;
    if (counter && raw > 0 && first >= 0) {
      left = Math.min(left, sampled * (first / raw));
    }
    return raw * ((sampled + left + right) / sampled);
  }

  private static double quantile(double[] values, double q) {
    // NaN first, unlike Arrays.sort.
    List<Double> sorted = new ArrayList<>();
    for (double value : values) {
      sorted.add(value);
    }
    sorted.sort(
        (a, b) ->
            Double.isNaN(a) || Double.isNaN(b)
                ? Boolean.compare(Double.isNaN(b), Double.isNaN(a))
                : Double.compare(a, b));
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    double rank = q * (sorted.size() - 1);
    int low = (int) Math.floor(rank);
    int high = Math.min(low + 1, sorted.size() - 1);
    double weight = rank - low;
    return sorted.get(low) * (1 - weight) + sorted.get(high) * weight;
  }

  // Aggregations.

  private Map<Map<String, String>, Double> aggregate(Expr.AggregateExpr expr, long time) {
    Map<Map<String, String>, List<Double>> groups = new TreeMap<>(RandomQueries.BY_TEXT);
    vector(expr.expr(), time)
        .forEach(
            (labels, value) -> {
              Map<String, String> kept =
                  expr.without()
                      ? without(group(labels, expr.grouping(), false), NAME)
                      : group(labels, expr.grouping(), true);
              groups.computeIfAbsent(kept, k -> new ArrayList<>()).add(value);
            });
    Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
    groups.forEach(
        (labels, values) -> {
          double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
          put(result, labels, aggregate(expr, all, time));
        });
    return result;
  }

  private double aggregate(Expr.AggregateExpr expr, double[] all, long time) {
    double sum = 0;
    double least = Double.NaN;
    double most = Double.NaN;
    for (double value : all) {
      sum += value;
      least = Double.isNaN(least) || value < least ? value : least;
      most = Double.isNaN(most) || value > most ? value : most;
    }
    Aggregator operator = expr.operator();
    return switch (operator) {
      case SUM -> sum;
      case AVG -> sum / all.length;
      case MIN -> least;
      case MAX -> most;
      case COUNT -> all.length;
      case GROUP -> 1;
      case QUANTILE -> quantile(all, scalar(requireNonNull(expr.param()), time));
      default -> throw new IllegalStateException("not known here: " + operator);
    };
  }

  // Operators.

  /** Null if a comparison does not hold. */
  private static @Nullable Double combine(Expr.BinaryExpr expr, double left, double right) {
    boolean holds =
        switch (expr.operator()) {
          case EQLC -> left == right;
          case NEQ -> left != right;
          case LSS -> left < right;
          case LTE -> left <= right;
          case GTR -> left > right;
          case GTE -> left >= right;
          default -> false;
        };
    return switch (expr.operator()) {
      case ADD -> left + right;
      case SUB -> left - right;
      case MUL -> left * right;
      case DIV -> left / right;
      default -> {
        if (expr.returnBool()) {
          yield holds ? 1.0 : 0.0;
        }
        yield holds ? (Double) left : null;
      }
    };
  }

  private static boolean keepsName(Expr.BinaryExpr expr) {
    return expr.operator().isComparison() && !expr.returnBool();
  }

  private Map<Map<String, String>, Double> binary(Expr.BinaryExpr expr, long time) {
    boolean leftScalar = expr.lhs().type() == ValueType.SCALAR;
    boolean rightScalar = expr.rhs().type() == ValueType.SCALAR;
    if (!leftScalar && !rightScalar) {
      return expr.operator().isSet() ? set(expr, time) : match(expr, time);
    }
    double scalar = scalar(leftScalar ? expr.lhs() : expr.rhs(), time);
    Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
    vector(leftScalar ? expr.rhs() : expr.lhs(), time)
        .forEach(
            (labels, value) -> {
              Double combined =
                  combine(expr, leftScalar ? scalar : value, leftScalar ? value : scalar);
              if (combined != null) {
                put(
                    result,
                    keepsName(expr) ? labels : without(labels, NAME),
                    keepsName(expr) ? value : combined);
              }
            });
    return result;
  }

  private static Map<String, String> signature(
      VectorMatching matching, Map<String, String> labels) {
    return matching.on()
        ? group(labels, matching.matchingLabels(), true)
        : without(group(labels, matching.matchingLabels(), false), NAME);
  }

  private Map<Map<String, String>, Double> set(Expr.BinaryExpr expr, long time) {
    VectorMatching matching = requireNonNull(expr.matching());
    Map<Map<String, String>, Double> left = vector(expr.lhs(), time);
    Map<Map<String, String>, Double> right = vector(expr.rhs(), time);
    List<Map<String, String>> lefts =
        left.keySet().stream().map(labels -> signature(matching, labels)).toList();
    List<Map<String, String>> rights =
        right.keySet().stream().map(labels -> signature(matching, labels)).toList();
    Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
    switch (expr.operator()) {
      case AND, UNLESS -> {
        boolean wanted = expr.operator().text().equals("and");
        left.forEach(
            (labels, value) -> {
              if (rights.contains(signature(matching, labels)) == wanted) {
                put(result, labels, value);
              }
            });
      }
      default -> {
        result.putAll(left);
        right.forEach(
            (labels, value) -> {
              if (!lefts.contains(signature(matching, labels))) {
                put(result, labels, value);
              }
            });
      }
    }
    return result;
  }

  private Map<Map<String, String>, Double> match(Expr.BinaryExpr expr, long time) {
    VectorMatching matching = requireNonNull(expr.matching());
    boolean toOne = matching.card() == VectorMatching.Cardinality.ONE_TO_ONE;
    Map<Map<String, String>, Double> left = vector(expr.lhs(), time);
    Map<Map<String, String>, Double> right = vector(expr.rhs(), time);
    Map<Map<String, String>, Double> result = new TreeMap<>(RandomQueries.BY_TEXT);
    Double fillLeft = matching.fillLeft();
    Double fillRight = matching.fillRight();
    if ((left.isEmpty() && fillLeft == null) || (right.isEmpty() && fillRight == null)) {
      return result;
    }
    Map<Map<String, String>, Map<String, String>> bySignature =
        new TreeMap<>(RandomQueries.BY_TEXT);
    for (Map<String, String> labels : right.keySet()) {
      if (bySignature.put(signature(matching, labels), labels) != null) {
        throw new NoAnswerException("several on the right");
      }
    }
    List<Map<String, String>> met = new ArrayList<>();
    Map<Map<String, String>, Double> lefts = new LinkedHashMap<>(left);
    if (fillLeft != null) {
      List<Map<String, String>> known =
          left.keySet().stream().map(labels -> signature(matching, labels)).toList();
      bySignature.keySet().stream()
          .filter(signature -> !known.contains(signature))
          .forEach(signature -> lefts.put(new TreeMap<>(signature), fillLeft));
    }
    lefts.forEach(
        (labels, value) -> {
          Map<String, String> signature = signature(matching, labels);
          Map<String, String> other = bySignature.get(signature);
          if (other == null && fillRight == null) {
            return;
          }
          if (toOne && met.contains(signature)) {
            throw new NoAnswerException("several on the left");
          }
          met.add(signature);
          Double rightValue = other == null ? fillRight : right.get(other);
          Double combined = combine(expr, value, requireNonNull(rightValue));
          if (combined != null) {
            Map<String, String> kept = keepsName(expr) ? labels : without(labels, NAME);
            if (toOne) {
              kept = group(kept, matching.matchingLabels(), matching.on());
            }
            put(result, kept, combined);
          }
        });
    return result;
  }
}
