package io.varve.query.access;

import io.varve.query.influxql.ast.DeletionStatement;
import io.varve.query.influxql.ast.Explain;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Statement;
import io.varve.query.influxql.ast.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement requires of whoever runs it: InfluxDB's table, made stricter where following it
 * would let a user read or write a database that was never granted.
 */
final class Requirements {
  /**
   * One of them.
   *
   * @param admin nobody but an admin will do; then the rest does not matter
   */
  record Requirement(boolean admin, String database, DatabasePrivilege privilege) {}

  private static final Requirement ADMIN = new Requirement(true, "", DatabasePrivilege.ALL);

  private final String requestDatabase;
  private final List<Requirement> found = new ArrayList<>();

  private Requirements(@Nullable String requestDatabase) {
    this.requestDatabase = requestDatabase == null ? "" : requestDatabase;
  }

  /**
   * In the order in which they are checked.
   *
   * @param requestDatabase stands for databases that are not named; null if the request has none
   */
  static List<Requirement> of(Statement statement, @Nullable String requestDatabase) {
    Requirements requirements = new Requirements(requestDatabase);
    requirements.add(statement);
    return requirements.found;
  }

  private void add(Statement statement) {
    if (statement instanceof Select select) {
      select(select);
    } else if (statement instanceof Explain explain) {
      select(explain.select());
    } else if (statement instanceof ShowStatement show) {
      show(show);
    } else if (statement instanceof DeletionStatement.Delete
        || statement instanceof DeletionStatement.DropSeries) {
      // Their sources name no database.
      write(null);
    } else if (statement instanceof SchemaStatement.DropRetentionPolicy drop) {
      write(drop.database());
    } else if (statement instanceof SchemaStatement.CreateContinuousQuery create) {
      continuousQuery(create);
    } else if (statement instanceof SchemaStatement.DropContinuousQuery drop) {
      write(drop.database());
    } else {
      found.add(ADMIN);
    }
  }

  private void select(Select select) {
    sources(select.sources());
    Target target = select.target();
    if (target != null) {
      write(target.database());
    }
  }

  private void sources(List<Source> sources) {
    for (Source source : sources) {
      if (source instanceof Source.Measurement measurement) {
        read(measurement.database());
      } else if (source instanceof Source.Subquery subquery) {
        select(subquery.select());
      }
    }
  }

  /** It will run with all rights, so its creator needs those it uses. */
  private void continuousQuery(SchemaStatement.CreateContinuousQuery create) {
    read(create.database());
    Requirements inside =
        new Requirements(requestDatabase.isEmpty() ? create.database() : requestDatabase);
    inside.select(create.select());
    for (Requirement requirement : inside.found) {
      if (!found.contains(requirement)) {
        found.add(requirement);
      }
    }
  }

  private void show(ShowStatement show) {
    if (show instanceof ShowStatement.Databases) {
      // Lists only what its user may see.
      found.add(new Requirement(false, requestDatabase, DatabasePrivilege.NONE));
    } else if (show instanceof ShowStatement.RetentionPolicies policies) {
      read(policies.database());
    } else if (show instanceof ShowStatement.Measurements measurements) {
      if (measurements.scope().allDatabases()) {
        found.add(ADMIN);
      } else {
        read(measurements.scope().database());
      }
    } else if (show instanceof ShowStatement.Series series) {
      readAll(series.database(), series.sources());
    } else if (show instanceof ShowStatement.TagKeys keys) {
      readAll(keys.database(), keys.sources());
    } else if (show instanceof ShowStatement.TagValues values) {
      readAll(values.database(), values.sources());
    } else if (show instanceof ShowStatement.FieldKeys keys) {
      readAll(keys.database(), keys.sources());
    } else if (show instanceof ShowStatement.Cardinality cardinality) {
      readAll(cardinality.database(), cardinality.sources());
    } else if (show instanceof ShowStatement.ContinuousQueries
        || show instanceof ShowStatement.Queries) {
      read(null);
    } else {
      found.add(ADMIN);
    }
  }

  private void readAll(@Nullable String database, List<Source> sources) {
    read(database);
    for (Source source : sources) {
      if (source instanceof Source.Measurement measurement && measurement.database() != null) {
        read(measurement.database());
      }
    }
  }

  private void read(@Nullable String database) {
    found.add(new Requirement(false, named(database), DatabasePrivilege.READ));
  }

  private void write(@Nullable String database) {
    found.add(new Requirement(false, named(database), DatabasePrivilege.WRITE));
  }

  private String named(@Nullable String database) {
    return database == null || database.isEmpty() ? requestDatabase : database;
  }
}
