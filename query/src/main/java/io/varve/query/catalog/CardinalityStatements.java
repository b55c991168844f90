package io.varve.query.catalog;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.KeyFilter;
import io.varve.query.influxql.ast.ShowStatement.Cardinality;
import io.varve.query.plan.WhereClause;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs SHOW ... CARDINALITY. All counts are exact; the name of the column tells whether InfluxDB
 * would have estimated.
 */
final class CardinalityStatements {
  private final ShowSources sources;
  private final long nowNanos;

  CardinalityStatements(ShowSources sources, long nowNanos) {
    this.sources = sources;
    this.nowNanos = nowNanos;
  }

  List<Table> run(Cardinality show) {
    WhereClause where = WhereClause.of(show.condition(), nowNanos, ZoneOffset.UTC);
    boolean plain =
        !show.exact()
            && show.sources().isEmpty()
            && show.condition() == null
            && show.dimensions().isEmpty()
            && show.limits().limit() == 0
            && show.limits().offset() == 0;
    if (where.hasTime()) {
      throw new QueryException(
          "SHOW "
              + show.subject().text()
              + " EXACT CARDINALITY doesn't support time in WHERE clause");
    }
    if (!show.dimensions().isEmpty()) {
      throw new QueryException("SHOW CARDINALITY with GROUP BY is not supported");
    }
    boolean estimated =
        show.subject() == Cardinality.Subject.SERIES
            || show.subject() == Cardinality.Subject.MEASUREMENT;
    if (plain && estimated && sources.isUnknown(show.database())) {
      return List.of(single("cardinality estimation", 0));
    }
    TagPredicate predicate = TagConditions.of(where.rest(), tag -> true);
    SortedMap<String, Set<SeriesReader>> found =
        show.subject() == Cardinality.Subject.FIELD_KEY
            ? sources.resolveFields(show.database(), show.sources())
            : sources.resolve(show.database(), show.sources(), where);
    return switch (show.subject()) {
      case SERIES -> series(show, plain, found, predicate);
      case MEASUREMENT -> measurements(show, plain, found, predicate);
      case TAG_KEY, TAG_VALUES, FIELD_KEY -> perMeasurement(show, "count", found, predicate);
    };
  }

  private List<Table> series(
      Cardinality show,
      boolean plain,
      SortedMap<String, Set<SeriesReader>> found,
      TagPredicate predicate) {
    if (!plain) {
      return perMeasurement(
          show, show.exact() ? "count" : "cardinality estimation", found, predicate);
    }
    long total = 0;
    for (Map.Entry<String, Set<SeriesReader>> source : found.entrySet()) {
      total += seriesKeys(source.getKey(), source.getValue(), predicate).size();
    }
    return List.of(single("cardinality estimation", total));
  }

  private List<Table> measurements(
      Cardinality show,
      boolean plain,
      SortedMap<String, Set<SeriesReader>> found,
      TagPredicate predicate) {
    long count = 0;
    for (Map.Entry<String, Set<SeriesReader>> source : found.entrySet()) {
      if (!seriesKeys(source.getKey(), source.getValue(), predicate).isEmpty()) {
        count++;
      }
    }
    if (plain) {
      return List.of(single("cardinality estimation", count));
    }
    boolean cut = show.limits().offset() > 0;
    return count == 0 || cut ? List.of() : List.of(single("count", count));
  }

  private List<Table> perMeasurement(
      Cardinality show,
      String column,
      SortedMap<String, Set<SeriesReader>> found,
      TagPredicate predicate) {
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Set<SeriesReader>> source : found.entrySet()) {
      String measurement = source.getKey();
      Set<SeriesKey> series = seriesKeys(measurement, source.getValue(), predicate);
      long count =
          switch (show.subject()) {
            case SERIES -> series.size();
            case TAG_KEY -> tagKeys(series).size();
            case TAG_VALUES -> tagValues(show.keys(), series).size();
            default -> series.isEmpty() ? 0 : fieldKeys(measurement, source.getValue()).size();
          };
      // LIMIT and OFFSET count the rows of a measurement, of which there is one.
      if (count > 0 && show.limits().offset() == 0) {
        tables.add(new Table(measurement, List.of(column), List.of(List.of(count))));
      }
    }
    return tables;
  }

  private static Table single(String column, long count) {
    return new Table("", List.of(column), List.of(List.of(count)));
  }

  private Set<SeriesKey> seriesKeys(
      String measurement, Set<SeriesReader> readers, TagPredicate predicate) {
    Set<SeriesKey> keys = new HashSet<>();
    for (SeriesReader reader : readers) {
      for (int id : reader.select(measurement, predicate, TimeRange.ALL)) {
        keys.add(sources.key(reader, id));
      }
    }
    return keys;
  }

  private static Set<String> tagKeys(Set<SeriesKey> series) {
    Set<String> keys = new HashSet<>();
    series.forEach(key -> keys.addAll(key.tags().keySet()));
    return keys;
  }

  /** A value counts once, whatever the keys it has. */
  private static Set<String> tagValues(@Nullable KeyFilter filter, Set<SeriesKey> series) {
    Predicate<String> wanted = ShowKeys.keyFilter(filter);
    Set<String> values = new HashSet<>();
    for (SeriesKey key : series) {
      key.tags()
          .forEach(
              (tag, value) -> {
                if (wanted.test(tag)) {
                  values.add(value);
                }
              });
    }
    return values;
  }

  private static Set<String> fieldKeys(String measurement, Set<SeriesReader> readers) {
    Set<String> names = new HashSet<>();
    ShowSources.fields(readers, measurement).forEach(field -> names.add(field.name()));
    return names;
  }
}
