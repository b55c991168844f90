package io.varve.query;

import io.varve.storage.model.SeriesKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a SELECT over a list of rows by the rules of InfluxQL, value by value, without anything
 * of the query layer. Answers are lines as {@link ResultText} writes them.
 */
record NaiveSelect(
    List<String> calls,
    boolean raw,
    List<String> groupBy,
    long widthNanos,
    long offsetNanos,
    String fill,
    @Nullable Long fromNanos,
    @Nullable Long toNanos,
    Predicate<Row> condition,
    boolean descending,
    int limit,
    int offset,
    long nowNanos) {

  /** A row of a series; {@code order} is that of the series' creation. */
  record Row(SeriesKey key, int order, long time, Map<String, Object> values) {}

  private record Sample(long time, Object value) {}

  List<String> evaluate(List<Row> all) {
    SortedMap<List<String>, List<Row>> groups =
        new TreeMap<>(
            (a, b) -> {
              for (int i = 0; i < a.size(); i++) {
                int order = a.get(i).compareTo(b.get(i));
                if (order != 0) {
                  return order;
                }
              }
              return 0;
            });
    long end = toNanos != null ? toNanos : (widthNanos > 0 ? nowNanos + 1 : Long.MAX_VALUE);
    for (Row row : all) {
      boolean inRange = (fromNanos == null || row.time >= fromNanos) && row.time < end;
      if (inRange && condition.test(row)) {
        List<String> values = groupBy.stream().map(row.key::tag).toList();
        groups.computeIfAbsent(values, k -> new ArrayList<>()).add(row);
      }
    }
    List<List<String>> keys = new ArrayList<>(groups.keySet());
    if (descending) {
      Collections.reverse(keys);
    }
    List<String> lines = new ArrayList<>();
    for (List<String> key : keys) {
      List<Row> rows = groups.getOrDefault(key, List.of());
      List<String> body = raw ? rawRows(rows) : aggregateRows(rows, end);
      body = body.stream().skip(offset).limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
      if (!body.isEmpty()) {
        lines.add(head(key));
        lines.addAll(body);
      }
    }
    return lines;
  }

  private String head(List<String> key) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 0; i < key.size(); i++) {
      tags.put(groupBy.get(i), key.get(i));
    }
    StringBuilder names = new StringBuilder("time");
    for (int i = 0; i < calls.size(); i++) {
      names.append(' ').append("c").append(i);
    }
    return "m" + (tags.isEmpty() ? "" : " " + tags) + ": " + names;
  }

  private List<String> rawRows(List<Row> rows) {
    Comparator<Row> byTime = Comparator.comparingLong(Row::time);
    List<String> lines = new ArrayList<>();
    rows.stream()
        .filter(row -> calls.stream().anyMatch(row.values::containsKey))
        .sorted((descending ? byTime.reversed() : byTime).thenComparing(Row::order))
        .forEach(
            row -> {
              StringBuilder line = new StringBuilder(ResultText.time(row.time));
              calls.forEach(field -> line.append(' ').append(text(row.values.get(field))));
              lines.add(line.toString());
            });
    return lines;
  }

  private List<String> aggregateRows(List<Row> rows, long end) {
    List<Map<Long, Sample>> results = new ArrayList<>();
    boolean any = false;
    for (String call : calls) {
      Map<Long, Sample> byWindow = aggregate(call, rows);
      any |= !byWindow.isEmpty();
      results.add(byWindow);
    }
    if (!any) {
      return List.of();
    }
    if (widthNanos == 0) {
      long time = fromNanos == null ? 0 : fromNanos;
      // The same call twice is one.
      if (calls.stream().distinct().count() == 1
          && calls.get(0).matches("(min|max|first|last).*")) {
        time = results.get(0).values().iterator().next().time();
      }
      StringBuilder line = new StringBuilder(ResultText.time(time));
      for (int c = 0; c < calls.size(); c++) {
        Sample sample = results.get(c).get(0L);
        line.append(' ').append(sample == null ? missing(calls.get(c)) : text(sample.value));
      }
      return List.of(line.toString());
    }
    return windowRows(results, end);
  }

  private String missing(String call) {
    return fill.matches("[0-9]+") ? fillNumber(call, Long.parseLong(fill)) : "null";
  }

  private static String fillNumber(String call, long number) {
    String field = call.substring(call.indexOf('(') + 1, call.length() - 1);
    String function = call.substring(0, call.indexOf('('));
    if (function.equals("count")) {
      return number + "i";
    }
    if (function.equals("mean") || function.equals("median")) {
      return String.valueOf(number);
    }
    return switch (field) {
      case "s" -> "\"\"";
      case "b" -> "false";
      case "i" -> number + "i";
      default -> String.valueOf(number);
    };
  }

  private List<String> windowRows(List<Map<Long, Sample>> results, long end) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (Map<Long, Sample> result : results) {
      for (long window : result.keySet()) {
        first = Math.min(first, window);
        last = Math.max(last, window);
      }
    }
    if (!fill.equals("none")) {
      first = fromNanos == null ? first : window(fromNanos);
      last = window(end - 1);
    }
    List<Long> windows = new ArrayList<>();
    for (long w = first; w <= last; w += widthNanos) {
      windows.add(w);
    }
    if (descending) {
      Collections.reverse(windows);
    }
    List<List<String>> columns = new ArrayList<>();
    for (int c = 0; c < calls.size(); c++) {
      columns.add(column(calls.get(c), results.get(c), windows));
    }
    List<String> lines = new ArrayList<>();
    for (int w = 0; w < windows.size(); w++) {
      long window = windows.get(w);
      if (fill.equals("none") && results.stream().noneMatch(r -> r.containsKey(window))) {
        continue;
      }
      StringBuilder line = new StringBuilder(ResultText.time(window));
      for (List<String> column : columns) {
        line.append(' ').append(column.get(w));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private List<String> column(String call, Map<Long, Sample> result, List<Long> windows) {
    long start =
        fromNanos != null
            ? Long.MIN_VALUE
            : result.keySet().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    List<String> cells = new ArrayList<>();
    for (int w = 0; w < windows.size(); w++) {
      Sample sample = result.get(windows.get(w));
      if (sample != null) {
        cells.add(text(sample.value));
      } else if (result.isEmpty() || windows.get(w) < start) {
        cells.add(missing(call));
      } else {
        cells.add(filled(call, result, windows, w));
      }
    }
    return cells;
  }

  private String filled(String call, Map<Long, Sample> result, List<Long> windows, int at) {
    if (fill.equals("null")) {
      return call.startsWith("count") ? "0i" : "null";
    }
    if (fill.equals("none") || fill.matches("[0-9]+")) {
      return missing(call);
    }
    int before = at;
    while (before >= 0 && !result.containsKey(windows.get(before))) {
      before--;
    }
    int after = at;
    while (after < windows.size() && !result.containsKey(windows.get(after))) {
      after++;
    }
    if (before < 0) {
      return "null";
    }
    Object left = value(result, windows.get(before));
    if (fill.equals("previous")) {
      return text(left);
    }
    if (after == windows.size() || !(left instanceof Number)) {
      return "null";
    }
    Object right = value(result, windows.get(after));
    if (left instanceof Long start) {
      long rise = (Long) right - start;
      return text((long) (start + (double) rise / (after - before) * (at - before)));
    }
    double from = (Double) left;
    return text(((Double) right - from) / (after - before) * (at - before) + from);
  }

  private static Object value(Map<Long, Sample> result, long window) {
    Sample sample = result.get(window);
    if (sample == null) {
      throw new IllegalStateException("no sample at " + window);
    }
    return sample.value;
  }

  private long window(long time) {
    return widthNanos == 0
        ? 0
        : Math.floorDiv(time - offsetNanos, widthNanos) * widthNanos + offsetNanos;
  }

  private Map<Long, Sample> aggregate(String call, List<Row> rows) {
    String field = call.substring(call.indexOf('(') + 1, call.length() - 1);
    Map<Long, List<Sample>> windows = new TreeMap<>();
    for (Row row : rows) {
      Object value = row.values.get(field);
      if (value != null) {
        windows
            .computeIfAbsent(window(row.time), w -> new ArrayList<>())
            .add(new Sample(row.time, value));
      }
    }
    Map<Long, Sample> results = new TreeMap<>();
    windows.forEach(
        (window, samples) ->
            results.put(window, reduce(call.substring(0, call.indexOf('(')), samples)));
    return results;
  }

  private static Sample reduce(String function, List<Sample> samples) {
    Comparator<Sample> byValue = (a, b) -> compare(a.value, b.value);
    Comparator<Sample> byTime = Comparator.comparingLong(Sample::time);
    return switch (function) {
      case "count" -> new Sample(0, (long) samples.size());
      case "sum" -> new Sample(0, sum(samples));
      case "mean" -> new Sample(0, ((Number) sum(samples)).doubleValue() / samples.size());
      case "min" -> Collections.min(samples, byValue.thenComparing(byTime));
      case "max" -> Collections.max(samples, byValue.thenComparing(byTime.reversed()));
      case "median" -> new Sample(0, median(samples.stream().sorted(byValue).toList()));
      case "mode" -> new Sample(0, mode(samples, byValue));
      case "spread" -> new Sample(0, spread(samples, byValue));
      case "first" -> Collections.min(samples, byTime.thenComparing(byValue.reversed()));
      default -> Collections.max(samples, byTime.thenComparing(byValue));
    };
  }

  private static Object median(List<Sample> sorted) {
    int n = sorted.size();
    double high = ((Number) sorted.get(n / 2).value).doubleValue();
    double low = ((Number) sorted.get((n - 1) / 2).value).doubleValue();
    return (low + high) / 2;
  }

  private static Object spread(List<Sample> samples, Comparator<Sample> byValue) {
    Object max = Collections.max(samples, byValue).value;
    Object min = Collections.min(samples, byValue).value;
    if (max instanceof Long top) {
      return top - (Long) min;
    }
    return (Double) max - (Double) min;
  }

  /** The most frequent value; of several the one seen first, but the smallest of single ones. */
  private static Object mode(List<Sample> samples, Comparator<Sample> byValue) {
    if (samples.get(0).value instanceof Boolean) {
      long trues = samples.stream().filter(sample -> sample.value.equals(true)).count();
      return 2 * trues >= samples.size();
    }
    Map<Object, Long> counts = new TreeMap<>((a, b) -> compare(a, b));
    Map<Object, Long> firstTimes = new TreeMap<>((a, b) -> compare(a, b));
    for (Sample sample : samples) {
      counts.merge(sample.value, 1L, Long::sum);
      firstTimes.merge(sample.value, sample.time, Math::min);
    }
    long most = Collections.max(counts.values());
    return samples.stream()
        .filter(sample -> counts.getOrDefault(sample.value, 0L) == most)
        .min(
            most == 1
                ? byValue
                : Comparator.comparingLong(
                        (Sample sample) -> firstTimes.getOrDefault(sample.value, 0L))
                    .thenComparing(byValue))
        .orElseThrow()
        .value;
  }

  private static Object sum(List<Sample> samples) {
    if (samples.get(0).value instanceof Long) {
      return samples.stream().mapToLong(sample -> (Long) sample.value).sum();
    }
    return samples.stream().mapToDouble(sample -> (Double) sample.value).sum();
  }

  private static int compare(Object left, Object right) {
    if (left instanceof Double a) {
      return Double.compare(a, (Double) right);
    }
    if (left instanceof Long a) {
      return Long.compare(a, (Long) right);
    }
    if (left instanceof Boolean a) {
      return Boolean.compare(a, (Boolean) right);
    }
    return ((String) left).compareTo((String) right);
  }

  private static String text(@Nullable Object value) {
    if (value instanceof Double) {
      return String.valueOf(value).replaceAll("\\.0$", "");
    }
    if (value instanceof Long) {
      return value + "i";
    }
    return value instanceof String string ? '"' + string + '"' : String.valueOf(value);
  }
}
