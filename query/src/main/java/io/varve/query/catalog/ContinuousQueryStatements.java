package io.varve.query.catalog;

import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.SchemaStatement.CreateContinuousQuery;
import io.varve.query.influxql.ast.SchemaStatement.DropContinuousQuery;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Target;
import java.util.ArrayList;
import java.util.List;

/** Runs statements about continuous queries. For one statement and one thread. */
final class ContinuousQueryStatements {
  private final Store store;
  private final OpenSnapshots snapshots;

  ContinuousQueryStatements(Store store, OpenSnapshots snapshots) {
    this.store = store;
    this.snapshots = snapshots;
  }

  /** Stores the text with every database and policy named, which all exist. */
  void create(CreateContinuousQuery create) {
    CreateContinuousQuery qualified =
        new CreateContinuousQuery(
            create.name(),
            create.database(),
            create.everyNanos(),
            create.forNanos(),
            qualify(create.select(), create.database()));
    store.continuousQueries().create(create.database(), create.name(), Printer.print(qualified));
  }

  private Select qualify(Select select, String ownDatabase) {
    Target target = select.target();
    if (target != null) {
      String database = snapshots.databaseOr(target.database(), ownDatabase);
      target =
          new Target(database, snapshots.policy(database, target.policy()), target.measurement());
    }
    List<Source> sources = new ArrayList<>();
    for (Source source : select.sources()) {
      sources.add(qualify(source, ownDatabase));
    }
    return new Select(
        select.fields(),
        target,
        sources,
        select.condition(),
        select.dimensions(),
        select.fill(),
        select.order(),
        select.limits(),
        select.timeZone());
  }

  private Source qualify(Source source, String ownDatabase) {
    if (source instanceof Source.Measurement measurement) {
      String database = snapshots.databaseOr(measurement.database(), ownDatabase);
      return new Source.Measurement(
          database,
          snapshots.policy(database, measurement.policy()),
          measurement.name(),
          measurement.regex());
    }
    return new Source.Subquery(qualify(((Source.Subquery) source).select(), ownDatabase));
  }

  void drop(DropContinuousQuery drop) {
    store.continuousQueries().drop(drop.database(), drop.name());
  }

  /** A table for each database, also for those that have none. */
  List<Table> show() {
    List<Table> tables = new ArrayList<>();
    for (String database : store.databaseNames()) {
      List<List<Object>> rows = new ArrayList<>();
      store
          .continuousQueries()
          .texts(database)
          .forEach((name, text) -> rows.add(List.of(name, text)));
      tables.add(new Table(database, List.of("name", "query"), rows));
    }
    return tables;
  }
}
