package io.varve.query.catalog;

import io.varve.query.QueryException;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs every statement that is not a SELECT, or says that it is not supported. */
public final class CatalogStatements {
  private static final Pattern KEYWORDS = Pattern.compile("[A-Z]+(?: [A-Z]+)*");

  private final Store store;
  private final long nowNanos;

  public CatalogStatements(Store store, long nowNanos) {
    this.store = store;
    this.nowNanos = nowNanos;
  }

  /**
   * Runs a statement.
   *
   * @return its answer; empty if it has none
   * @throws QueryException if it fails or is not supported
   */
  public List<Table> run(Statement statement, OpenSnapshots snapshots) {
    if (statement instanceof ShowStatement show) {
      return show(show, new ShowStatements(store, snapshots, nowNanos));
    }
    SchemaStatements schema = new SchemaStatements(store);
    if (statement instanceof SchemaStatement.CreateDatabase create) {
      schema.createDatabase(create);
    } else if (statement instanceof SchemaStatement.DropDatabase drop) {
      store.dropDatabase(drop.name());
    } else if (statement instanceof SchemaStatement.CreateRetentionPolicy create) {
      schema.createRetentionPolicy(create);
    } else if (statement instanceof SchemaStatement.DropRetentionPolicy drop) {
      schema.dropRetentionPolicy(drop);
    } else {
      throw unsupported(statement);
    }
    return List.of();
  }

  private static List<Table> show(ShowStatement show, ShowStatements statements) {
    if (show instanceof ShowStatement.Databases) {
      return statements.databases();
    }
    if (show instanceof ShowStatement.RetentionPolicies policies) {
      return statements.retentionPolicies(policies);
    }
    if (show instanceof ShowStatement.Measurements measurements) {
      return statements.measurements(measurements);
    }
    if (show instanceof ShowStatement.Series series) {
      return statements.series(series);
    }
    if (show instanceof ShowStatement.TagKeys tagKeys) {
      return statements.tagKeys(tagKeys);
    }
    if (show instanceof ShowStatement.TagValues tagValues) {
      return statements.tagValues(tagValues);
    }
    if (show instanceof ShowStatement.FieldKeys fieldKeys) {
      return statements.fieldKeys(fieldKeys);
    }
    throw unsupported(show);
  }

  /** Names the statement by the keywords it begins with; what follows may hold secrets. */
  private static QueryException unsupported(Statement statement) {
    Matcher keywords = KEYWORDS.matcher(Printer.print(statement));
    String name = keywords.lookingAt() ? keywords.group() : "the statement";
    return new QueryException(name + " is not supported");
  }
}
