package io.varve.query.catalog;

import io.varve.query.influxql.ast.SchemaStatement.CreateSubscription;
import io.varve.query.influxql.ast.SchemaStatement.DropSubscription;
import java.util.ArrayList;
import java.util.List;

/** Runs statements about subscriptions. */
final class SubscriptionStatements {
  private static final List<String> COLUMNS =
      List.of("retention_policy", "name", "mode", "destinations");

  private final Store store;

  SubscriptionStatements(Store store) {
    this.store = store;
  }

  void create(CreateSubscription create) {
    store
        .subscriptions()
        .create(
            create.database(),
            create.policy(),
            create.name(),
            create.toAll(),
            create.destinations());
  }

  void drop(DropSubscription drop) {
    store.subscriptions().drop(drop.database(), drop.policy(), drop.name());
  }

  /** A table for each database that has any. */
  List<Table> show() {
    List<Table> tables = new ArrayList<>();
    for (String database : store.databaseNames()) {
      List<List<Object>> rows = new ArrayList<>();
      store
          .subscriptions()
          .of(database)
          .forEach(
              each ->
                  rows.add(
                      List.of(
                          each.policy(),
                          each.name(),
                          each.mode(),
                          new Table.Texts(each.destinations()))));
      if (!rows.isEmpty()) {
        tables.add(new Table(database, COLUMNS, rows));
      }
    }
    return tables;
  }
}
