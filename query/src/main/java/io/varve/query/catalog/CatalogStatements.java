package io.varve.query.catalog;

import io.varve.query.QueryException;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.AccessStatement;
import io.varve.query.influxql.ast.DeletionStatement;
import io.varve.query.influxql.ast.KillQuery;
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
  private final EngineInfo engine;

  public CatalogStatements(Store store, long nowNanos, EngineInfo engine) {
    this.store = store;
    this.nowNanos = nowNanos;
    this.engine = engine;
  }

  /**
   * Runs a statement.
   *
   * @return its answer; empty if it has none
   * @throws QueryException if it fails or is not supported
   */
  public List<Table> run(Statement statement, OpenSnapshots snapshots) {
    if (statement instanceof ShowStatement show) {
      return show(show, snapshots);
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
    } else if (statement instanceof SchemaStatement.AlterRetentionPolicy alter) {
      schema.alterRetentionPolicy(alter);
    } else if (statement instanceof SchemaStatement.CreateContinuousQuery create) {
      new ContinuousQueryStatements(store, snapshots).create(create);
    } else if (statement instanceof SchemaStatement.DropContinuousQuery drop) {
      new ContinuousQueryStatements(store, snapshots).drop(drop);
    } else if (statement instanceof SchemaStatement.CreateSubscription create) {
      new SubscriptionStatements(store).create(create);
    } else if (statement instanceof SchemaStatement.DropSubscription drop) {
      new SubscriptionStatements(store).drop(drop);
    } else if (statement instanceof AccessStatement access) {
      new AccessStatements(store.users()).run(access);
    } else if (statement instanceof DeletionStatement deletion) {
      new DeletionStatements(store, snapshots, nowNanos).run(deletion);
    } else if (statement instanceof KillQuery kill) {
      engine.queries().kill(kill.id());
    } else {
      throw unsupported(statement);
    }
    return List.of();
  }

  private List<Table> show(ShowStatement show, OpenSnapshots snapshots) {
    ShowSources sources = new ShowSources(store, snapshots);
    ShowKeys keys = new ShowKeys(sources, nowNanos);
    ShowStatements statements = new ShowStatements(store, snapshots, nowNanos);
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
      return keys.series(series);
    }
    if (show instanceof ShowStatement.TagKeys tagKeys) {
      return keys.tagKeys(tagKeys);
    }
    if (show instanceof ShowStatement.TagValues tagValues) {
      return keys.tagValues(tagValues);
    }
    if (show instanceof ShowStatement.FieldKeys fieldKeys) {
      return keys.fieldKeys(fieldKeys);
    }
    if (show instanceof ShowStatement.Cardinality cardinality) {
      return new CardinalityStatements(sources, nowNanos).run(cardinality);
    }
    if (show instanceof ShowStatement.Stats stats) {
      return new StatsStatements(store, snapshots, engine).run(stats);
    }
    if (show instanceof ShowStatement.Diagnostics diagnostics) {
      return new DiagnosticsStatement(store, engine).run(diagnostics, nowNanos);
    }
    if (show instanceof ShowStatement.Queries) {
      return new QueryStatements(engine.queries()).show();
    }
    if (show instanceof ShowStatement.Shards) {
      return new ShardStatements(store).shards();
    }
    if (show instanceof ShowStatement.ShardGroups) {
      return new ShardStatements(store).groups();
    }
    if (show instanceof ShowStatement.Users) {
      return new AccessStatements(store.users()).users();
    }
    if (show instanceof ShowStatement.GrantsFor grants) {
      return new AccessStatements(store.users()).grants(grants);
    }
    if (show instanceof ShowStatement.ContinuousQueries) {
      return new ContinuousQueryStatements(store, snapshots).show();
    }
    if (show instanceof ShowStatement.Subscriptions) {
      return new SubscriptionStatements(store).show();
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
