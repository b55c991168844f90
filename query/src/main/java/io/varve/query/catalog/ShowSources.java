package io.varve.query.catalog;

import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Source;
import io.varve.query.plan.SourceResolver;
import io.varve.query.plan.WhereClause;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds what SHOW statements look into. */
final class ShowSources {
  /** Any time, but unlike {@link TimeRange#ALL} only series that have rows at all. */
  static final TimeRange ANY_ROWS = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE - 1);

  private final Store store;
  private final OpenSnapshots snapshots;

  ShowSources(Store store, OpenSnapshots snapshots) {
    this.store = store;
    this.snapshots = snapshots;
  }

  /** The name of a series; throws if the statement has been cancelled. */
  SeriesKey key(SeriesReader reader, int seriesId) {
    snapshots.checkCancelled();
    return reader.key(seriesId);
  }

  /** Whether a database is named that there is not; null for the one of the request. */
  boolean isUnknown(@Nullable String database) {
    return snapshots.isUnknown(database);
  }

  /** Whether all names of a measurement are wanted, whatever data there are. */
  static boolean isPlain(WhereClause where, List<Source> sources) {
    return where.rest() == null && range(where, sources).equals(TimeRange.ALL);
  }

  /** Without times and policies every series counts, otherwise those that may have such rows. */
  static TimeRange range(WhereClause where, List<Source> sources) {
    if (where.hasTime()) {
      return where.range();
    }
    for (Source source : sources) {
      if (source instanceof Source.Measurement measurement && measurement.policy() != null) {
        return ANY_ROWS;
      }
    }
    return TimeRange.ALL;
  }

  /**
   * The measurements named, or all of the database, with the snapshots to look into for names of
   * tags. Names belong to the database as a whole, so any snapshot tells them; rows do not, so a
   * time is looked for in every policy unless one is named.
   */
  SortedMap<String, Set<SeriesReader>> resolve(
      @Nullable String database, List<Source> sources, WhereClause where) {
    return resolve(database, sources, place -> where.hasTime());
  }

  /** The same for series: a time is looked for in the default policy unless one is named. */
  SortedMap<String, Set<SeriesReader>> resolveSeries(
      @Nullable String database, List<Source> sources) {
    return resolve(database, sources, place -> false);
  }

  /**
   * The same for fields, which belong to policies: the default one unless one is named, and all of
   * them if there is no default.
   */
  SortedMap<String, Set<SeriesReader>> resolveFields(
      @Nullable String database, List<Source> sources) {
    return resolve(database, sources, place -> store.defaultRetentionPolicy(place) == null);
  }

  /**
   * The fields that a measurement has in the policies of some snapshots, by name and type's name.
   */
  static List<Field> fields(Set<SeriesReader> readers, String measurement) {
    return readers.stream()
        .flatMap(reader -> reader.fields(measurement, TimeRange.ALL).stream())
        .distinct()
        .sorted(
            Comparator.comparing(Field::name, SeriesKey::compareUtf8)
                .thenComparing(field -> field.type().label()))
        .toList();
  }

  private SortedMap<String, Set<SeriesReader>> resolve(
      @Nullable String database, List<Source> sources, Predicate<String> inEveryPolicy) {
    String name = sources.isEmpty() || database != null ? snapshots.database(database) : null;
    List<Source> named = sources;
    if (named.isEmpty()) {
      named = List.of(new Source.Measurement(name, null, null, new Expression.Regex("")));
    }
    List<Source> placed = new ArrayList<>();
    for (Source source : named) {
      if (source instanceof Source.Measurement m && m.policy() == null) {
        String place = snapshots.database(m.database() == null ? name : m.database());
        if (inEveryPolicy.test(place)) {
          for (RetentionPolicy policy : store.retentionPolicies(place)) {
            placed.add(new Source.Measurement(place, policy.name(), m.name(), m.regex()));
          }
          continue;
        }
      }
      placed.add(source);
    }
    return SourceResolver.resolve(
        placed,
        (sourceDatabase, policy) -> {
          String place = sourceDatabase == null ? name : sourceDatabase;
          return policy == null ? snapshots.namesReader(place) : snapshots.reader(place, policy);
        });
  }
}
