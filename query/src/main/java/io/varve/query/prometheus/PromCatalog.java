package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What series, labels and label values there are. Answered from the index, without looking at
 * samples: a series counts for a range of time if it was written to in a shard that overlaps it,
 * and for all metrics of its measurement.
 */
final class PromCatalog {
  /** Takes the series that are found. */
  private interface SeriesVisitor {
    /** Returns whether more are wanted. */
    boolean visit(Labels labels);
  }

  /** Most series that are collected for one answer. */
  static final int MAX_SERIES = 500_000;

  private final List<DatabaseView> databases;
  private final TimeRange range;
  private final QueryGuard guard;

  PromCatalog(List<DatabaseView> databases, TimeRange range, QueryGuard guard) {
    this.databases = databases;
    this.range = range;
    this.guard = guard;
  }

  /**
   * The series that meet one of the selectors, sorted.
   *
   * @param limit most that are wanted; one more says that there are more. 0 for all
   * @throws PromException if there are more than {@link #MAX_SERIES} and the limit allows them
   */
  SortedSet<Labels> series(Collection<List<LabelMatcher>> selectors, int limit) {
    SortedSet<Labels> found = new TreeSet<>();
    visit(
        selectors,
        labels -> {
          found.add(labels);
          checkCount(found.size());
          return limit == 0 || found.size() <= limit;
        });
    return found;
  }

  /** Throws if so many series are too many for one answer. */
  static void checkCount(int series) {
    if (series > MAX_SERIES) {
      throw new PromException(
          PromException.Kind.EXECUTION,
          "more than " + MAX_SERIES + " series; ask for fewer by match[] or limit");
    }
  }

  /** The names of labels of the series that meet one of the selectors; no selectors mean all. */
  SortedSet<String> labelNames(Collection<List<LabelMatcher>> selectors) {
    SortedSet<String> found = new TreeSet<>(SeriesKey::compareUtf8);
    if (!selectors.isEmpty()) {
      visit(
          selectors,
          labels -> {
            for (int i = 0; i < labels.size(); i++) {
              found.add(labels.name(i));
            }
            return true;
          });
      return found;
    }
    for (DatabaseView database : databases) {
      for (String measurement : liveMeasurements(database)) {
        guard.check();
        found.add(Labels.NAME);
        found.addAll(database.reader().tagKeys(measurement));
        if (!database.label().isEmpty()) {
          found.add(LabelPredicates.DATABASE);
        }
      }
    }
    return found;
  }

  /** The values of a label of the series that meet one of the selectors; no selectors mean all. */
  SortedSet<String> labelValues(String name, Collection<List<LabelMatcher>> selectors) {
    SortedSet<String> found = new TreeSet<>(SeriesKey::compareUtf8);
    if (!selectors.isEmpty()) {
      visit(
          selectors,
          labels -> {
            if (labels.has(name)) {
              found.add(labels.get(name));
            }
            return true;
          });
      return found;
    }
    for (DatabaseView database : databases) {
      SortedSet<String> live = liveMeasurements(database);
      if (name.equals(Labels.NAME)) {
        database
            .names()
            .listed()
            .forEach(
                (metric, fields) -> {
                  if (fields.stream().anyMatch(field -> live.contains(field.measurement()))) {
                    found.add(metric);
                  }
                });
      } else {
        for (String measurement : live) {
          guard.check();
          found.addAll(database.reader().tagValues(measurement, name));
        }
        if (name.equals(LabelPredicates.DATABASE) && !database.label().isEmpty()) {
          found.add(database.label());
        }
      }
    }
    return found;
  }

  /** The measurements with metrics that have series in the range. */
  private SortedSet<String> liveMeasurements(DatabaseView database) {
    SortedSet<String> live = new TreeSet<>();
    database
        .names()
        .listed()
        .values()
        .forEach(metrics -> metrics.forEach(metric -> live.add(metric.measurement())));
    live.removeIf(
        measurement ->
            database.reader().select(measurement, new TagPredicate.All(), range).length == 0);
    return live;
  }

  private void visit(Collection<List<LabelMatcher>> selectors, SeriesVisitor visitor) {
    for (List<LabelMatcher> matchers : selectors) {
      for (DatabaseView database : databases) {
        TagPredicate predicate = LabelPredicates.of(matchers, database.label());
        for (MetricField metric : Metrics.matching(database.names(), matchers)) {
          for (int id : database.reader().select(metric.measurement(), predicate, range)) {
            guard.check();
            SeriesKey key = database.reader().key(id);
            if (!visitor.visit(SeriesBlock.labels(key, metric.name(), database.label()))) {
              return;
            }
          }
        }
      }
    }
  }
}
