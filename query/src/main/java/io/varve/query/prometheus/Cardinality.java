package io.varve.query.prometheus;

import io.varve.query.prometheus.PromCardinality.Count;
import io.varve.query.promql.Labels;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts series and values of labels, from the index alone. A series counts for each metric of its
 * measurement.
 */
final class Cardinality {
  private final QueryGuard guard;
  private final Map<String, Long> byMetric = new HashMap<>();
  private final Map<String, Set<String>> valuesByLabel = new HashMap<>();

  Cardinality(QueryGuard guard) {
    this.guard = guard;
  }

  void add(DatabaseView database) {
    Map<String, Integer> seriesByMeasurement = new HashMap<>();
    database
        .names()
        .listed()
        .forEach(
            (name, metrics) -> {
              for (MetricField metric : metrics) {
                int series =
                    seriesByMeasurement.computeIfAbsent(
                        metric.measurement(), measurement -> count(database, measurement));
                byMetric.merge(name, (long) series, Long::sum);
              }
            });
  }

  private int count(DatabaseView database, String measurement) {
    guard.check();
    for (String tag : database.reader().tagKeys(measurement)) {
      valuesByLabel
          .computeIfAbsent(tag, name -> new HashSet<>())
          .addAll(database.reader().tagValues(measurement, tag));
    }
    if (!database.label().isEmpty()) {
      valuesByLabel
          .computeIfAbsent(LabelPredicates.DATABASE, name -> new HashSet<>())
          .add(database.label());
    }
    return database.reader().select(measurement, new TagPredicate.All(), TimeRange.ALL).length;
  }

  PromCardinality top(int limit) {
    List<Count> metrics = new ArrayList<>();
    byMetric.forEach((name, count) -> metrics.add(new Count(name, count)));
    List<Count> labels = new ArrayList<>();
    valuesByLabel.forEach((name, values) -> labels.add(new Count(name, values.size())));
    if (!metrics.isEmpty()) {
      labels.add(new Count(Labels.NAME, metrics.size()));
    }
    return new PromCardinality(
        sum(metrics), sum(labels), largest(metrics, limit), largest(labels, limit));
  }

  private static long sum(List<Count> counts) {
    return counts.stream().mapToLong(Count::value).sum();
  }

  private static List<Count> largest(List<Count> counts, int limit) {
    return counts.stream()
        .sorted(Comparator.comparingLong(Count::value).reversed().thenComparing(Count::name))
        .limit(limit)
        .toList();
  }
}
