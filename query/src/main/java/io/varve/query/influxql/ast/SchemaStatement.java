package io.varve.query.influxql.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements that define databases, retention policies, continuous queries and subscriptions. */
public sealed interface SchemaStatement extends Statement {
  @Override
  default boolean changesState() {
    return true;
  }

  /**
   * What a statement says about a retention policy; null wherever it says nothing.
   *
   * @param durationNanos 0 means for ever
   */
  record PolicySpec(
      @Nullable Long durationNanos,
      @Nullable Integer replication,
      @Nullable Long shardDurationNanos,
      @Nullable Long futureLimitNanos,
      @Nullable Long pastLimitNanos) {}

  /**
   * CREATE DATABASE.
   *
   * @param policy what WITH says about the first retention policy; null without WITH
   * @param policyName its NAME; null if not given
   */
  record CreateDatabase(String name, @Nullable PolicySpec policy, @Nullable String policyName)
      implements SchemaStatement {}

  record DropDatabase(String name) implements SchemaStatement {}

  /** Duration and replication of the policy are always given. */
  record CreateRetentionPolicy(String name, String database, PolicySpec policy, boolean makeDefault)
      implements SchemaStatement {}

  /** Changes only what it names. */
  record AlterRetentionPolicy(String name, String database, PolicySpec policy, boolean makeDefault)
      implements SchemaStatement {}

  record DropRetentionPolicy(String name, String database) implements SchemaStatement {}

  /**
   * CREATE CONTINUOUS QUERY.
   *
   * @param everyNanos RESAMPLE EVERY; 0 if not given
   * @param forNanos RESAMPLE FOR; 0 if not given
   * @param select has a target
   */
  record CreateContinuousQuery(
      String name, String database, long everyNanos, long forNanos, Select select)
      implements SchemaStatement {}

  record DropContinuousQuery(String name, String database) implements SchemaStatement {}

  /** {@code toAll}: every point goes to all destinations, otherwise to any one of them. */
  record CreateSubscription(
      String name, String database, String policy, boolean toAll, List<String> destinations)
      implements SchemaStatement {
    public CreateSubscription {
      destinations = List.copyOf(destinations);
    }
  }

  record DropSubscription(String name, String database, String policy) implements SchemaStatement {}
}
