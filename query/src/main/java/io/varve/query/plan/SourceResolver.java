package io.varve.query.plan;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Source;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.SeriesKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

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
    SortedMap<String, Set<SeriesReader>> found = new TreeMap<>(SeriesKey::compareUtf8);
    for (Source source : sources) {
      if (!(source instanceof Source.Measurement measurement)) {
        throw new QueryException("a subquery is not supported");
      }
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
