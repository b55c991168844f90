package io.varve.query.plan;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Source;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.SeriesKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Finds the measurements that a FROM clause names. */
public final class SourceResolver {
  private SourceResolver() {}

  /**
   * The snapshots in which each measurement is to be read, by measurement name.
   *
   * @throws QueryException for subqueries and for unknown databases and policies
   */
  public static SortedMap<String, Set<SeriesReader>> resolve(
      List<Source> sources, Snapshots snapshots) {
    return resolve(
        sources,
        snapshots,
        subquery -> {
          throw new QueryException("a subquery is not supported here");
        });
  }

  /**
   * The same with subqueries.
   *
   * @param subqueries plans a subquery; a reader for each of its measurements
   */
  static SortedMap<String, Set<SeriesReader>> resolve(
      List<Source> sources,
      Snapshots snapshots,
      Function<Select, Map<String, SeriesReader>> subqueries) {
    SortedMap<String, Set<SeriesReader>> found = new TreeMap<>(SeriesKey::compareUtf8);
    for (Source source : sources) {
      if (source instanceof Source.Subquery subquery) {
        subqueries
            .apply(subquery.select())
            .forEach((m, rows) -> found.computeIfAbsent(m, key -> new LinkedHashSet<>()).add(rows));
        continue;
      }
      Source.Measurement measurement = (Source.Measurement) source;
      SeriesReader reader = snapshots.reader(measurement.database(), measurement.policy());
      String name = measurement.name();
      Expression.Regex regex = measurement.regex();
      if (name != null) {
        found.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(reader);
      } else if (regex != null) {
        Pattern pattern = Pattern.compile(regex.pattern());
        for (String candidate : reader.measurements()) {
          if (pattern.matcher(candidate).find()) {
            found.computeIfAbsent(candidate, key -> new LinkedHashSet<>()).add(reader);
          }
        }
      }
    }
    return found;
  }
}
