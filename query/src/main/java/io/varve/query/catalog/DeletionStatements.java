package io.varve.query.catalog;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.ast.DeletionStatement;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Source;
import io.varve.query.plan.WhereClause;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.TagPredicate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Runs statements that remove data. */
final class DeletionStatements {
  private final Store store;
  private final OpenSnapshots snapshots;
  private final long nowNanos;

  DeletionStatements(Store store, OpenSnapshots snapshots, long nowNanos) {
    this.store = store;
    this.snapshots = snapshots;
    this.nowNanos = nowNanos;
  }

  void run(DeletionStatement statement) {
    if (statement instanceof DeletionStatement.DropMeasurement drop) {
      store.dropMeasurement(snapshots.database(null), drop.name());
    } else if (statement instanceof DeletionStatement.DropSeries drop) {
      WhereClause where = WhereClause.of(drop.condition(), nowNanos, ZoneOffset.UTC);
      if (where.hasTime()) {
        throw new QueryException("DROP SERIES doesn't support time in WHERE clause");
      }
      dropSeries(drop.sources(), where.rest());
    } else if (statement instanceof DeletionStatement.Delete delete) {
      delete(delete);
    } else if (statement instanceof DeletionStatement.DropShard drop) {
      store.dropShard(drop.id());
    }
  }

  /** Without a time and a policy, all points of a series go, and with them the series. */
  private void delete(DeletionStatement.Delete delete) {
    WhereClause where = WhereClause.of(delete.condition(), nowNanos, ZoneOffset.UTC);
    boolean namesPolicy =
        delete.sources().stream()
            .anyMatch(source -> source instanceof Source.Measurement m && m.policy() != null);
    if (!where.hasTime() && !namesPolicy) {
      dropSeries(delete.sources(), where.rest());
      return;
    }
    String database = snapshots.database(null);
    SeriesReader reader = snapshots.namesReader(database);
    List<Source> sources =
        delete.sources().isEmpty()
            ? List.of(new Source.Measurement(null, null, null, new Expression.Regex("")))
            : delete.sources();
    for (Source source : sources) {
      String policy = ((Source.Measurement) source).policy();
      Set<String> measurements = measurements(List.of(source), reader);
      if (measurements.isEmpty()) {
        continue;
      }
      measurements.forEach(name -> checkTagsOnly(where.rest(), reader, name));
      TagPredicate predicate = TagConditions.of(where.rest(), tag -> true);
      for (String measurement : measurements) {
        if (!where.range().isEmpty()) {
          store.delete(
              database,
              policy == null ? null : snapshots.policy(database, policy),
              measurement,
              predicate,
              where.range());
        }
      }
    }
  }

  private void dropSeries(List<Source> sources, @Nullable Expression condition) {
    String database = snapshots.database(null);
    SeriesReader reader = snapshots.namesReader(database);
    Set<String> measurements = measurements(sources, reader);
    if (measurements.isEmpty()) {
      return;
    }
    for (String measurement : measurements) {
      checkTagsOnly(condition, reader, measurement);
    }
    TagPredicate predicate = TagConditions.of(condition, tag -> true);
    for (String measurement : measurements) {
      store.dropSeries(database, measurement, predicate);
    }
  }

  private static Set<String> measurements(List<Source> sources, SeriesReader reader) {
    Set<String> names = new TreeSet<>();
    if (sources.isEmpty()) {
      names.addAll(reader.measurements());
    }
    for (Source source : sources) {
      if (!(source instanceof Source.Measurement measurement)) {
        throw new IllegalStateException("a deletion from " + source);
      }
      Expression.Regex regex = measurement.regex();
      if (regex == null) {
        names.add(String.valueOf(measurement.name()));
      } else {
        Pattern pattern = Pattern.compile(regex.pattern());
        reader.measurements().stream()
            .filter(name -> pattern.matcher(name).find())
            .forEach(names::add);
      }
    }
    names.retainAll(reader.measurements());
    return names;
  }

  private static void checkTagsOnly(
      @Nullable Expression condition, SeriesReader reader, String measurement) {
    Set<String> fields = new HashSet<>();
    reader.fields(measurement).stream().map(Field::name).forEach(fields::add);
    reader.tagKeys(measurement).forEach(fields::remove);
    if (condition != null
        && Expressions.anyMatch(
            condition, e -> e instanceof Expression.VarRef ref && fields.contains(ref.name()))) {
      throw new QueryException("fields not supported in WHERE clause during deletion");
    }
  }
}
