package io.varve.query.influxql;

import io.varve.query.influxql.ast.KeyFilter;
import io.varve.query.influxql.ast.ShowStatement;
import org.jspecify.annotations.Nullable;

/** The {@link Printer}'s part for SHOW. */
final class ShowPrinter {
  private final StringBuilder out;
  private final StatementPrinter clauses;

  ShowPrinter(StringBuilder out, StatementPrinter clauses) {
    this.out = out;
    this.clauses = clauses;
  }

  void show(ShowStatement show) {
    if (show instanceof ShowStatement.Measurements measurements) {
      measurements(measurements);
    } else if (show instanceof ShowStatement.Series series) {
      out.append("SHOW SERIES");
      clauses.named(" ON ", series.database());
      clauses.from(series.sources());
      clauses.where(series.condition());
      clauses.orderBy(series.order());
      clauses.limits(series.limits());
    } else if (show instanceof ShowStatement.TagKeys tagKeys) {
      out.append("SHOW TAG KEYS");
      clauses.named(" ON ", tagKeys.database());
      clauses.from(tagKeys.sources());
      withKey(tagKeys.keys());
      clauses.where(tagKeys.condition());
      clauses.orderBy(tagKeys.order());
      clauses.limits(tagKeys.limits());
    } else if (show instanceof ShowStatement.TagValues tagValues) {
      out.append("SHOW TAG VALUES");
      clauses.named(" ON ", tagValues.database());
      clauses.from(tagValues.sources());
      withKey(tagValues.keys());
      clauses.where(tagValues.condition());
      clauses.orderBy(tagValues.order());
      clauses.limits(tagValues.limits());
    } else if (show instanceof ShowStatement.FieldKeys fieldKeys) {
      out.append("SHOW FIELD KEYS");
      clauses.named(" ON ", fieldKeys.database());
      clauses.from(fieldKeys.sources());
      clauses.orderBy(fieldKeys.order());
      clauses.limits(fieldKeys.limits());
    } else if (show instanceof ShowStatement.Cardinality cardinality) {
      cardinality(cardinality);
    } else {
      small(show);
    }
  }

  private void small(ShowStatement show) {
    if (show instanceof ShowStatement.Databases) {
      out.append("SHOW DATABASES");
    } else if (show instanceof ShowStatement.Users) {
      out.append("SHOW USERS");
    } else if (show instanceof ShowStatement.Queries) {
      out.append("SHOW QUERIES");
    } else if (show instanceof ShowStatement.Shards) {
      out.append("SHOW SHARDS");
    } else if (show instanceof ShowStatement.ShardGroups) {
      out.append("SHOW SHARD GROUPS");
    } else if (show instanceof ShowStatement.Subscriptions) {
      out.append("SHOW SUBSCRIPTIONS");
    } else if (show instanceof ShowStatement.ContinuousQueries) {
      out.append("SHOW CONTINUOUS QUERIES");
    } else if (show instanceof ShowStatement.RetentionPolicies policies) {
      out.append("SHOW RETENTION POLICIES");
      clauses.named(" ON ", policies.database());
    } else if (show instanceof ShowStatement.GrantsFor grants) {
      clauses.named("SHOW GRANTS FOR ", grants.user());
    } else if (show instanceof ShowStatement.Stats stats) {
      out.append("SHOW STATS");
      module(stats.module());
    } else if (show instanceof ShowStatement.Diagnostics diagnostics) {
      out.append("SHOW DIAGNOSTICS");
      module(diagnostics.module());
    }
  }

  private void module(@Nullable String module) {
    if (module != null) {
      out.append(" FOR ").append(Quoting.string(module));
    }
  }

  private void measurements(ShowStatement.Measurements show) {
    out.append("SHOW MEASUREMENTS");
    ShowStatement.Measurements.Scope scope = show.scope();
    if (scope.allDatabases() || scope.database() != null) {
      out.append(" ON ");
      out.append(scope.database() == null ? "*" : Quoting.identifier(scope.database()));
      if (scope.allPolicies() || scope.policy() != null) {
        out.append('.');
        out.append(scope.policy() == null ? "*" : Quoting.identifier(scope.policy()));
      }
    }
    if (show.filter() != null) {
      out.append(" WITH MEASUREMENT ").append(show.filter().regex() == null ? "= " : "=~ ");
      clauses.measurement(show.filter());
    }
    clauses.where(show.condition());
    clauses.orderBy(show.order());
    clauses.limits(show.limits());
  }

  private void cardinality(ShowStatement.Cardinality show) {
    out.append("SHOW ").append(show.subject().text());
    out.append(show.exact() ? " EXACT CARDINALITY" : " CARDINALITY");
    clauses.named(" ON ", show.database());
    clauses.from(show.sources());
    withKey(show.keys());
    clauses.where(show.condition());
    clauses.groupBy(show.dimensions());
    clauses.limits(show.limits());
  }

  private void withKey(@Nullable KeyFilter filter) {
    if (filter == null) {
      return;
    }
    out.append(" WITH KEY ");
    if (filter instanceof KeyFilter.Equal equal) {
      clauses.named(equal.negated() ? "!= " : "= ", equal.key());
    } else if (filter instanceof KeyFilter.Match match) {
      out.append(match.negated() ? "!~ " : "=~ ");
      clauses.regex(match.regex());
    } else if (filter instanceof KeyFilter.In in) {
      out.append("IN (");
      clauses.list(in.keys(), key -> out.append(Quoting.identifier(key)));
      out.append(')');
    }
  }
}
