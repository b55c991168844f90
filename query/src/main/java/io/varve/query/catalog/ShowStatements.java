package io.varve.query.catalog;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.Source;
import io.varve.query.plan.WhereClause;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs SHOW statements about databases, policies and measurements. For one statement and one
 * thread.
 */
final class ShowStatements {
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
              (long) policy.replication(),
              GoDuration.format(policy.futureLimitNanos()),
              GoDuration.format(policy.pastLimitNanos()),
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
      if (snapshots.isUnknown(scope.database())) {
        return List.of();
      }
      SeriesReader reader = snapshots.namesReader(scope.database());
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
        for (String name : measurements(reader, show.filter(), condition, ShowSources.ANY_ROWS)) {
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

  private WhereClause where(@Nullable Expression condition) {
    return WhereClause.of(condition, nowNanos, ZoneOffset.UTC);
  }

  static List<List<Object>> limited(List<List<Object>> rows, Limits limits) {
    int from = (int) Math.min(rows.size(), limits.offset());
    long count = limits.limit() == 0 ? rows.size() : limits.limit();
    int to = (int) Math.min(rows.size(), from + count);
    return rows.subList(from, to);
  }

  /** No table at all if it would have no rows. */
  static List<Table> table(String name, List<String> columns, List<List<Object>> rows) {
    return rows.isEmpty() ? List.of() : List.of(new Table(name, columns, rows));
  }
}
