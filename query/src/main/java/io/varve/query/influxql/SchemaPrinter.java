package io.varve.query.influxql;

import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.SchemaStatement.PolicySpec;
import org.jspecify.annotations.Nullable;

/** The {@link Printer}'s part for databases, policies, continuous queries and subscriptions. */
final class SchemaPrinter {
  private final StringBuilder out;
  private final StatementPrinter clauses;

  SchemaPrinter(StringBuilder out, StatementPrinter clauses) {
    this.out = out;
    this.clauses = clauses;
  }

  void schema(SchemaStatement schema) {
    if (schema instanceof SchemaStatement.CreateDatabase create) {
      clauses.named("CREATE DATABASE ", create.name());
      if (create.policy() != null) {
        out.append(" WITH");
        policy(create.policy());
      }
      clauses.named(" NAME ", create.policyName());
    } else if (schema instanceof SchemaStatement.DropDatabase drop) {
      clauses.named("DROP DATABASE ", drop.name());
    } else if (schema instanceof SchemaStatement.CreateRetentionPolicy create) {
      clauses.named("CREATE RETENTION POLICY ", create.name());
      clauses.named(" ON ", create.database());
      policy(create.policy());
      out.append(create.makeDefault() ? " DEFAULT" : "");
    } else if (schema instanceof SchemaStatement.AlterRetentionPolicy alter) {
      clauses.named("ALTER RETENTION POLICY ", alter.name());
      clauses.named(" ON ", alter.database());
      policy(alter.policy());
      out.append(alter.makeDefault() ? " DEFAULT" : "");
    } else if (schema instanceof SchemaStatement.DropRetentionPolicy drop) {
      clauses.named("DROP RETENTION POLICY ", drop.name());
      clauses.named(" ON ", drop.database());
    } else if (schema instanceof SchemaStatement.CreateContinuousQuery create) {
      continuousQuery(create);
    } else if (schema instanceof SchemaStatement.DropContinuousQuery drop) {
      clauses.named("DROP CONTINUOUS QUERY ", drop.name());
      clauses.named(" ON ", drop.database());
    } else if (schema instanceof SchemaStatement.CreateSubscription create) {
      clauses.named("CREATE SUBSCRIPTION ", create.name());
      clauses.named(" ON ", create.database());
      clauses.named(".", create.policy());
      out.append(" DESTINATIONS ").append(create.toAll() ? "ALL " : "ANY ");
      clauses.list(create.destinations(), to -> out.append(Quoting.string(to)));
    } else if (schema instanceof SchemaStatement.DropSubscription drop) {
      clauses.named("DROP SUBSCRIPTION ", drop.name());
      clauses.named(" ON ", drop.database());
      clauses.named(".", drop.policy());
    }
  }

  private void continuousQuery(SchemaStatement.CreateContinuousQuery create) {
    clauses.named("CREATE CONTINUOUS QUERY ", create.name());
    clauses.named(" ON ", create.database());
    if (create.everyNanos() > 0 || create.forNanos() > 0) {
      out.append(" RESAMPLE");
      duration(" EVERY ", create.everyNanos() > 0 ? create.everyNanos() : null);
      duration(" FOR ", create.forNanos() > 0 ? create.forNanos() : null);
    }
    out.append(" BEGIN ");
    clauses.select(create.select());
    out.append(" END");
  }

  private void policy(PolicySpec policy) {
    duration(" DURATION ", policy.durationNanos());
    if (policy.replication() != null) {
      out.append(" REPLICATION ").append(policy.replication());
    }
    duration(" SHARD DURATION ", policy.shardDurationNanos());
    duration(" FUTURE LIMIT ", policy.futureLimitNanos());
    duration(" PAST LIMIT ", policy.pastLimitNanos());
  }

  private void duration(String clause, @Nullable Long nanos) {
    if (nanos != null) {
      out.append(clause).append(Durations.format(nanos));
    }
  }
}
