package io.varve.query.catalog;

import io.varve.query.running.RunningQueries;
import io.varve.query.running.RunningQuery;
import java.util.ArrayList;
import java.util.List;

/** Runs SHOW QUERIES. */
final class QueryStatements {
  private final RunningQueries queries;

  QueryStatements(RunningQueries queries) {
    this.queries = queries;
  }

  List<Table> show() {
    List<List<Object>> rows = new ArrayList<>();
    for (RunningQuery query : queries.list()) {
      rows.add(
          List.of(
              query.id(),
              query.text(),
              query.database(),
              GoDuration.format(wholeUnits(query.elapsedNanos())),
              query.isKilled() ? "killed" : "running"));
    }
    return List.of(new Table("", List.of("qid", "query", "database", "duration", "status"), rows));
  }

  /** Cuts off what is less than the unit a duration of this length is read in. */
  private static long wholeUnits(long nanos) {
    long unit = 1;
    while (unit < 1_000_000_000 && unit * 1000 <= nanos) {
      unit *= 1000;
    }
    return nanos / unit * unit;
  }
}
