package io.varve.query.catalog;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.KeyFilter;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.Source;
import io.varve.query.plan.SourceResolver;
import io.varve.query.plan.WhereClause;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.RetentionPolicy;
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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Runs SHOW statements. For one statement and one thread. */
final class ShowStatements {
  /** Any time, but unlike {@link TimeRange#ALL} only series that have rows at all. */
  private static final TimeRange ANY_ROWS = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE - 1);

  private final Store store;
  private final OpenSnapshots snapshots;
  private final long nowNanos;

  ShowStatements(Store store, OpenSnapshots snapshots, long nowNanos) {
    this.store = store;
    this.snapshots = snapshots;
    this.nowNanos = nowNanos;
  }

  List<Table> databases() {
    List<List<Object>> rows = new ArrayList<>();
    store.databaseNames().forEach(name -> rows.add(List.of(name)));
    return List.of(new Table("databases", List.of("name"), rows));
  }

  List<Table> retentionPolicies(ShowStatement.RetentionPolicies show) {
    String database = snapshots.database(show.database());
    String defaultPolicy = store.defaultRetentionPolicy(database);
    List<List<Object>> rows = new ArrayList<>();
    for (RetentionPolicy policy : store.retentionPolicies(database)) {
      rows.add(
          List.of(
              policy.name(),
              GoDuration.format(policy.durationNanos()),
              GoDuration.format(policy.shardDurationNanos()),
              1L,
              "0s",
              "0s",
              policy.name().equals(defaultPolicy)));
    }
    List<String> columns =
        List.of(
            "name",
            "duration",
            "shardGroupDuration",
            "replicaN",
            "futureWriteLimit",
            "pastWriteLimit",
            "default");
    return List.of(new Table("", columns, rows));
  }

  List<Table> measurements(ShowStatement.Measurements show) {
    WhereClause where = where(show.condition());
    if (where.hasTime()) {
      throw new QueryException("SHOW MEASUREMENTS doesn't support time in WHERE clause");
    }
    Expression condition = where.rest();
    ShowStatement.Measurements.Scope scope = show.scope();
    List<List<Object>> rows = new ArrayList<>();
    if (!scope.allDatabases() && !scope.allPolicies() && scope.policy() == null) {
      SeriesReader reader = snapshots.reader(scope.database(), null);
      for (String name : measurements(reader, show.filter(), condition, TimeRange.ALL)) {
        rows.add(List.of(name));
      }
      return table("measurements", List.of("name"), limited(rows, show.limits()));
    }
    if (scope.allDatabases() && !scope.allPolicies()) {
      throw new QueryException(
          "query 'SHOW MEASUREMENTS ON *.rp' not supported. use 'ON *.*' or specify a database");
    }
    List<String> databases =
        scope.allDatabases()
            ? store.databaseNames()
            : List.of(snapshots.database(scope.database()));
    for (String database : databases) {
      for (String policy : policies(database, scope)) {
        SeriesReader reader = snapshots.reader(database, policy);
        for (String name : measurements(reader, show.filter(), condition, ANY_ROWS)) {
          rows.add(List.of(name, database, policy));
        }
      }
    }
    return table(
        "measurements",
        List.of("name", "database", "retention policy"),
        limited(rows, show.limits()));
  }

  private List<String> policies(String database, ShowStatement.Measurements.Scope scope) {
    String policy = scope.policy();
    return scope.allPolicies() || policy == null
        ? store.retentionPolicies(database).stream().map(RetentionPolicy::name).toList()
        : List.of(policy);
  }

  private static List<String> measurements(
      SeriesReader reader,
      Source.@Nullable Measurement filter,
      @Nullable Expression condition,
      TimeRange range) {
    Predicate<String> wanted = name -> true;
    if (filter != null) {
      Expression.Regex regex = filter.regex();
      if (regex != null) {
        Pattern pattern = Pattern.compile(regex.pattern());
        wanted = name -> pattern.matcher(name).find();
      } else {
        wanted = name -> name.equals(filter.name());
      }
    }
    return reader.measurements().stream()
        .filter(wanted)
        .filter(name -> TagConditions.acceptsMeasurement(condition, reader, name))
        .filter(
            name ->
                range.equals(TimeRange.ALL)
                    || reader.select(name, new TagPredicate.All(), range).length > 0)
        .toList();
  }

  List<Table> series(ShowStatement.Series show) {
    WhereClause where = where(show.condition());
    TagPredicate predicate = TagConditions.of(where.rest(), tag -> true);
    SortedSet<String> keys = new TreeSet<>(SeriesKey::compareUtf8);
    sources(show.database(), show.sources(), where)
        .forEach(
            (name, readers) -> {
              for (SeriesReader reader : readers) {
                for (int id : reader.select(name, predicate, range(where, show.sources()))) {
                  keys.add(SeriesText.of(reader.key(id)));
                }
              }
            });
    List<List<Object>> rows = new ArrayList<>();
    keys.forEach(key -> rows.add(List.of(key)));
    return table("", List.of("key"), limited(rows, show.limits()));
  }

  List<Table> tagKeys(ShowStatement.TagKeys show) {
    WhereClause where = where(show.condition());
    Predicate<String> wanted = keyFilter(show.keys());
    boolean plain = isPlain(where, show.sources());
    TagPredicate predicate = TagConditions.of(where.rest(), tag -> true);
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Set<SeriesReader>> source :
        sources(show.database(), show.sources(), where).entrySet()) {
      SortedSet<String> keys = new TreeSet<>(SeriesKey::compareUtf8);
      for (SeriesReader reader : source.getValue()) {
        if (plain) {
          keys.addAll(reader.tagKeys(source.getKey()));
        } else {
          TimeRange range = range(where, show.sources());
          for (int id : reader.select(source.getKey(), predicate, range)) {
            keys.addAll(reader.key(id).tags().keySet());
          }
        }
      }
      List<List<Object>> rows = new ArrayList<>();
      keys.stream().filter(wanted).forEach(key -> rows.add(List.of(key)));
      tables.addAll(table(source.getKey(), List.of("tagKey"), limited(rows, show.limits())));
    }
    return tables;
  }

  List<Table> tagValues(ShowStatement.TagValues show) {
    WhereClause where = where(show.condition());
    Predicate<String> wanted = keyFilter(show.keys());
    boolean plain = isPlain(where, show.sources());
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Set<SeriesReader>> source :
        sources(show.database(), show.sources(), where).entrySet()) {
      String measurement = source.getKey();
      SortedMap<String, SortedSet<String>> values = new TreeMap<>(SeriesKey::compareUtf8);
      for (SeriesReader reader : source.getValue()) {
        List<String> keys = reader.tagKeys(measurement).stream().filter(wanted).toList();
        for (String key : keys) {
          values.computeIfAbsent(key, k -> new TreeSet<>(SeriesKey::compareUtf8));
        }
        // A comparison with "value" means the values shown, unless there is a tag of that name.
        Set<String> tags = new HashSet<>(reader.tagKeys(measurement));
        Predicate<String> isTag = name -> !name.equals("value") || tags.contains(name);
        if (plain) {
          keys.forEach(key -> at(values, key).addAll(reader.tagValues(measurement, key)));
        } else {
          TagPredicate predicate = TagConditions.of(where.rest(), isTag);
          TimeRange range = range(where, show.sources());
          for (int id : reader.select(measurement, predicate, range)) {
            SeriesKey series = reader.key(id);
            for (String key : keys) {
              String value = series.tag(key);
              if (!value.isEmpty()
                  && (isTag.test("value") || TagConditions.accepts(where.rest(), "value", value))) {
                at(values, key).add(value);
              }
            }
          }
        }
      }
      List<List<Object>> rows = new ArrayList<>();
      values.forEach((key, set) -> set.forEach(value -> rows.add(List.of(key, value))));
      tables.addAll(table(measurement, List.of("key", "value"), limited(rows, show.limits())));
    }
    return tables;
  }

  private static SortedSet<String> at(SortedMap<String, SortedSet<String>> values, String key) {
    return values.computeIfAbsent(key, k -> new TreeSet<>(SeriesKey::compareUtf8));
  }

  List<Table> fieldKeys(ShowStatement.FieldKeys show) {
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Set<SeriesReader>> source :
        sources(show.database(), show.sources(), where(null)).entrySet()) {
      List<List<Object>> rows = new ArrayList<>();
      for (SeriesReader reader : source.getValue()) {
        for (Field field : reader.fields(source.getKey())) {
          List<Object> row = List.of(field.name(), field.type().label());
          if (!rows.contains(row)) {
            rows.add(row);
          }
        }
      }
      tables.addAll(
          table(source.getKey(), List.of("fieldKey", "fieldType"), limited(rows, show.limits())));
    }
    return tables;
  }

  private WhereClause where(@Nullable Expression condition) {
    return WhereClause.of(condition, nowNanos, ZoneOffset.UTC);
  }

  /** Whether all names of a measurement are wanted, whatever data there are. */
  private static boolean isPlain(WhereClause where, List<Source> sources) {
    return where.rest() == null && range(where, sources).equals(TimeRange.ALL);
  }

  /** Without times and policies every series counts, otherwise those that may have such rows. */
  private static TimeRange range(WhereClause where, List<Source> sources) {
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
   * The measurements named, or all of the database, with the snapshots to look into. Names belong
   * to the database as a whole, so any snapshot tells them; rows do not, so a time is looked for in
   * every policy unless one is named.
   */
  private SortedMap<String, Set<SeriesReader>> sources(
      @Nullable String database, List<Source> sources, WhereClause where) {
    String name = sources.isEmpty() || database != null ? snapshots.database(database) : null;
    List<Source> named = sources;
    if (named.isEmpty()) {
      named = List.of(new Source.Measurement(name, null, null, new Expression.Regex("")));
    }
    List<Source> placed = new ArrayList<>();
    for (Source source : named) {
      if (source instanceof Source.Measurement m && m.policy() == null && where.hasTime()) {
        String place = snapshots.database(m.database() == null ? name : m.database());
        for (RetentionPolicy policy : store.retentionPolicies(place)) {
          placed.add(new Source.Measurement(place, policy.name(), m.name(), m.regex()));
        }
      } else {
        placed.add(source);
      }
    }
    return SourceResolver.resolve(
        placed,
        (sourceDatabase, policy) ->
            snapshots.reader(sourceDatabase == null ? name : sourceDatabase, policy));
  }

  private static Predicate<String> keyFilter(@Nullable KeyFilter filter) {
    if (filter == null) {
      return key -> true;
    }
    if (filter instanceof KeyFilter.Equal equal) {
      return key -> key.equals(equal.key()) != equal.negated();
    }
    if (filter instanceof KeyFilter.In in) {
      return new HashSet<>(in.keys())::contains;
    }
    KeyFilter.Match match = (KeyFilter.Match) filter;
    Pattern pattern = Pattern.compile(match.regex().pattern());
    return key -> pattern.matcher(key).find() != match.negated();
  }

  private static List<List<Object>> limited(List<List<Object>> rows, Limits limits) {
    int from = (int) Math.min(rows.size(), limits.offset());
    long count = limits.limit() == 0 ? rows.size() : limits.limit();
    int to = (int) Math.min(rows.size(), from + count);
    return rows.subList(from, to);
  }

  /** No table at all if it would have no rows. */
  private static List<Table> table(String name, List<String> columns, List<List<Object>> rows) {
    return rows.isEmpty() ? List.of() : List.of(new Table(name, columns, rows));
  }
}
