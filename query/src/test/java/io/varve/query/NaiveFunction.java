package io.varve.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates one call of a function that does not answer with one row per window, over the rows of
 * one group, the plain way.
 *
 * @param widthNanos of the windows; 0 without
 * @param startNanos of the range; {@link Long#MIN_VALUE} without
 * @param endNanos behind the range
 */
record NaiveFunction(long widthNanos, long startNanos, long endNanos, boolean descending) {
  private static final double SECOND = 1e9;

  /** A value at a time; of integers, too. */
  record Point(long time, double value, String tag) {}

  /** The points of a range, in the order of the statement; {@code rows} are in that of series. */
  List<Point> points(List<NaiveSelect.Row> rows, String field, long from, long to) {
    Comparator<NaiveSelect.Row> byTime = Comparator.comparingLong(NaiveSelect.Row::time);
    return rows.stream()
        .filter(row -> row.time() >= from && row.time() < to)
        .filter(row -> row.values().containsKey(field))
        .sorted(descending ? byTime.reversed() : byTime)
        .map(row -> new Point(row.time(), number(row, field), row.key().tag("host")))
        .toList();
  }

  private static double number(NaiveSelect.Row row, String field) {
    return row.values().get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** A transformation of the points themselves. */
  List<Point> ofPoints(String function, List<NaiveSelect.Row> rows, String field) {
    return transform(function, points(rows, field, startNanos, endNanos));
  }

  /** A transformation of an aggregate, which reads a window more. */
  List<Point> ofWindows(
      String function, String aggregate, List<NaiveSelect.Row> rows, String field) {
    boolean looksBack = !function.equals("cumulative_sum");
    long from = looksBack && !descending ? startNanos - widthNanos : startNanos;
    long to = looksBack && descending ? endNanos + widthNanos : endNanos;
    List<Point> reduced = new ArrayList<>();
    windows(points(rows, field, from, to))
        .forEach((w, points) -> reduced.add(new Point(w, reduce(aggregate, points), "")));
    return transform(function, reduced).stream()
        .filter(point -> point.time() >= window(startNanos) && point.time() < endNanos)
        .toList();
  }

  private static double reduce(String aggregate, List<Point> points) {
    var statistics = points.stream().mapToDouble(Point::value).summaryStatistics();
    return switch (aggregate) {
      case "sum" -> statistics.getSum();
      case "max" -> statistics.getMax();
      default -> statistics.getAverage();
    };
  }

  private List<Point> transform(String function, List<Point> points) {
    List<Point> results = new ArrayList<>();
    Point previous = null;
    double sum = 0;
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      double elapsed = previous == null ? 0 : point.time() - previous.time();
      double change = previous == null ? 0 : point.value() - previous.value();
      Double result = null;
      switch (function) {
        case "cumulative_sum" -> {
          sum += point.value();
          result = sum;
        }
        case "elapsed" ->
            result = previous == null ? null : (Double) (double) (long) (elapsed / SECOND);
        case "moving_average" ->
            result = i < 2 ? null : (Double) mean(points.subList(i - 2, i + 1));
        default -> {
          if (previous != null && elapsed == 0) {
            continue;
          }
          if (previous != null) {
            double rate =
                function.endsWith("derivative") ? change / Math.abs(elapsed / SECOND) : change;
            result = function.startsWith("non_negative") && rate < 0 ? null : (Double) rate;
          }
        }
      }
      previous = point;
      if (result != null) {
        results.add(new Point(point.time(), result, ""));
      }
    }
    return results;
  }

  private static double mean(List<Point> points) {
    return points.stream().mapToDouble(Point::value).sum() / points.size();
  }

  /** Functions that choose from the points of each window, or measure them. */
  List<Point> perWindow(String function, List<NaiveSelect.Row> rows, String field) {
    List<Point> all = points(rows, field, startNanos, endNanos);
    if (function.equals("integral")) {
      return integral(all, field.equals("f") ? 0 : startOrZero());
    }
    List<Point> results = new ArrayList<>();
    windows(all)
        .forEach(
            (window, points) -> {
              long time = widthNanos > 0 ? window : startOrZero();
              switch (function) {
                case "top" -> results.addAll(best(points, -1, 3));
                case "bottom" -> results.addAll(best(points, 1, 3));
                case "top by host" -> results.addAll(best(bestByTag(points), -1, 2));
                case "distinct" ->
                    distinct(points).forEach(v -> results.add(new Point(time, v, "")));
                case "stddev" -> results.add(new Point(time, deviation(points), ""));
                default -> {
                  Double value = percentile(points, 70);
                  if (value != null) {
                    results.add(new Point(time, value, ""));
                  }
                }
              }
            });
    return results;
  }

  /** By value, then by time; shown in the order of the statement. */
  private List<Point> best(List<Point> points, int sign, int count) {
    Comparator<Point> byValue = (a, b) -> sign * Double.compare(a.value(), b.value());
    List<Point> chosen =
        points.stream()
            .sorted(byValue.thenComparing(Point::time))
            .limit(count)
            .sorted(Comparator.comparingLong(p -> descending ? -p.time() : p.time()))
            .toList();
    return chosen;
  }

  private static List<Point> bestByTag(List<Point> points) {
    Map<String, Point> best = new HashMap<>();
    for (Point point : points) {
      best.merge(
          point.tag(),
          point,
          (a, b) ->
              b.value() > a.value() || (b.value() == a.value() && b.time() < a.time()) ? b : a);
    }
    return List.copyOf(best.values());
  }

  private static List<Double> distinct(List<Point> points) {
    Map<Double, Long> seen = new LinkedHashMap<>();
    points.forEach(point -> seen.putIfAbsent(point.value(), point.time()));
    List<Double> values = new ArrayList<>(seen.keySet());
    values.sort(
        Comparator.comparingLong((Double v) -> seen.getOrDefault(v, 0L))
            .thenComparing(Comparator.naturalOrder()));
    return values;
  }

  private static double deviation(List<Point> points) {
    double mean = mean(points);
    double sum = points.stream().mapToDouble(p -> (p.value() - mean) * (p.value() - mean)).sum();
    return Math.sqrt(sum / (points.size() - 1));
  }

  private static @Nullable Double percentile(List<Point> points, int rank) {
    int at = (int) Math.floor(points.size() * rank / 100.0 + 0.5) - 1;
    return at < 0 ? null : points.stream().map(Point::value).sorted().toList().get(at);
  }

  /**
   * A line belongs to the window it starts in up to that window's end, the rest to the next.
   *
   * @param wholeNanos the time of an area without windows
   */
  private List<Point> integral(List<Point> points, long wholeNanos) {
    Map<Long, Double> areas = new TreeMap<>();
    Point previous = null;
    for (Point point : points) {
      long window = window(point.time());
      areas.putIfAbsent(window, 0.0);
      if (previous != null && previous.time() != point.time()) {
        long before = window(previous.time());
        long border = descending ? before : before + widthNanos;
        if (before == window) {
          areas.merge(window, area(previous, point), Double::sum);
        } else {
          double slope =
              (point.value() - previous.value()) / (double) (point.time() - previous.time());
          Point cut = new Point(border, previous.value() + slope * (border - previous.time()), "");
          areas.merge(before, area(previous, cut), Double::sum);
          areas.merge(window, area(cut, point), Double::sum);
        }
      }
      previous = point;
    }
    List<Point> results = new ArrayList<>();
    areas.forEach(
        (window, area) -> results.add(new Point(widthNanos > 0 ? window : wholeNanos, area, "")));
    if (descending) {
      Collections.reverse(results);
    }
    return results;
  }

  private long startOrZero() {
    return startNanos == Long.MIN_VALUE ? 0 : startNanos;
  }

  private static double area(Point a, Point b) {
    return (a.value() + b.value()) / 2 * Math.abs(b.time() - a.time()) / SECOND;
  }

  private Map<Long, List<Point>> windows(List<Point> points) {
    Map<Long, List<Point>> windows = new LinkedHashMap<>();
    points.forEach(
        point -> windows.computeIfAbsent(window(point.time()), w -> new ArrayList<>()).add(point));
    return windows;
  }

  private long window(long time) {
    return widthNanos == 0 ? 0 : Math.floorDiv(time, widthNanos) * widthNanos;
  }
}
