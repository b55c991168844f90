package io.varve.query.catalog;

import com.google.re2j.Pattern;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.KeyFilter;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.plan.WhereClause;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
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

/** Runs SHOW statements about series, tags and fields. For one statement and one thread. */
final class ShowKeys {
  private final ShowSources sources;
  private final long nowNanos;

  ShowKeys(ShowSources sources, long nowNanos) {
    this.sources = sources;
    this.nowNanos = nowNanos;
  }

  List<Table> series(ShowStatement.Series show) {
    WhereClause where = where(show.condition());
    TagPredicate predicate = TagConditions.of(where.rest(), tag -> true);
    SortedSet<String> keys = new TreeSet<>(SeriesKey::compareUtf8);
    sources
        .resolveSeries(show.database(), show.sources())
        .forEach(
            (name, readers) -> {
              for (SeriesReader reader : readers) {
                for (int id :
                    reader.select(name, predicate, ShowSources.range(where, show.sources()))) {
                  keys.add(SeriesText.of(sources.key(reader, id)));
                }
              }
            });
    List<List<Object>> rows = new ArrayList<>();
    keys.forEach(key -> rows.add(List.of(key)));
    return ShowStatements.table("", List.of("key"), ShowStatements.limited(rows, show.limits()));
  }

  List<Table> tagKeys(ShowStatement.TagKeys show) {
    WhereClause where = where(show.condition());
    Predicate<String> wanted = keyFilter(show.keys());
    boolean plain = ShowSources.isPlain(where, show.sources());
    TagPredicate predicate = TagConditions.of(where.rest(), tag -> true);
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Set<SeriesReader>> source :
        sources.resolve(show.database(), show.sources(), where).entrySet()) {
      SortedSet<String> keys = new TreeSet<>(SeriesKey::compareUtf8);
      for (SeriesReader reader : source.getValue()) {
        if (plain) {
          keys.addAll(reader.tagKeys(source.getKey()));
        } else {
          TimeRange range = ShowSources.range(where, show.sources());
          for (int id : reader.select(source.getKey(), predicate, range)) {
            keys.addAll(sources.key(reader, id).tags().keySet());
          }
        }
      }
      List<List<Object>> rows = new ArrayList<>();
      keys.stream().filter(wanted).forEach(key -> rows.add(List.of(key)));
      tables.addAll(
          ShowStatements.table(
              source.getKey(), List.of("tagKey"), ShowStatements.limited(rows, show.limits())));
    }
    return tables;
  }

  List<Table> tagValues(ShowStatement.TagValues show) {
    WhereClause where = where(show.condition());
    Predicate<String> wanted = keyFilter(show.keys());
    boolean plain = ShowSources.isPlain(where, show.sources());
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Set<SeriesReader>> source :
        sources.resolve(show.database(), show.sources(), where).entrySet()) {
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
          TimeRange range = ShowSources.range(where, show.sources());
          for (int id : reader.select(measurement, predicate, range)) {
            SeriesKey series = sources.key(reader, id);
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
      tables.addAll(
          ShowStatements.table(
              measurement, List.of("key", "value"), ShowStatements.limited(rows, show.limits())));
    }
    return tables;
  }

  private static SortedSet<String> at(SortedMap<String, SortedSet<String>> values, String key) {
    return values.computeIfAbsent(key, k -> new TreeSet<>(SeriesKey::compareUtf8));
  }

  List<Table> fieldKeys(ShowStatement.FieldKeys show) {
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Set<SeriesReader>> source :
        sources.resolveFields(show.database(), show.sources()).entrySet()) {
      List<List<Object>> rows = new ArrayList<>();
      for (Field field : ShowSources.fields(source.getValue(), source.getKey())) {
        rows.add(List.of(field.name(), field.type().label()));
      }
      tables.addAll(
          ShowStatements.table(
              source.getKey(),
              List.of("fieldKey", "fieldType"),
              ShowStatements.limited(rows, show.limits())));
    }
    return tables;
  }

  private WhereClause where(@Nullable Expression condition) {
    return WhereClause.of(condition, nowNanos, ZoneOffset.UTC);
  }

  static Predicate<String> keyFilter(@Nullable KeyFilter filter) {
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
}
