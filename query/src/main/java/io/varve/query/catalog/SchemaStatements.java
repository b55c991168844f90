package io.varve.query.catalog;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.storage.model.RetentionPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs statements that create and drop databases and retention policies. */
final class SchemaStatements {
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private static final String CONFLICT = "retention policy conflicts with an existing policy";

  private final Store store;

  SchemaStatements(Store store) {
    this.store = store;
  }

  void createDatabase(SchemaStatement.CreateDatabase create) {
    checkName(create.name());
    String policyName = create.policyName();
    if (policyName != null) {
      checkName(policyName);
    }
    RetentionPolicy policy =
        policy(policyName == null ? RetentionPolicy.DEFAULT_NAME : policyName, create.policy());
    boolean asked = create.policy() != null || policyName != null;
    if (asked && store.hasDatabase(create.name())) {
      RetentionPolicy existing = find(create.name(), policy.name());
      boolean isDefault = policy.name().equals(store.defaultRetentionPolicy(create.name()));
      if (!policy.equals(existing) || !isDefault) {
        throw new QueryException(CONFLICT);
      }
    }
    store.createDatabase(create.name(), policy);
  }

  void createRetentionPolicy(SchemaStatement.CreateRetentionPolicy create) {
    checkName(create.name());
    if (!store.hasDatabase(create.database())) {
      throw new QueryException("database not found: " + create.database());
    }
    RetentionPolicy policy = policy(create.name(), create.policy());
    RetentionPolicy existing = find(create.database(), create.name());
    if (existing != null && !existing.equals(policy)) {
      throw new QueryException("retention policy already exists");
    }
    boolean isDefault = create.name().equals(store.defaultRetentionPolicy(create.database()));
    if (existing != null && create.makeDefault() && !isDefault) {
      throw new QueryException(CONFLICT);
    }
    store.createRetentionPolicy(create.database(), policy, create.makeDefault());
  }

  /** Changes what the statement names and keeps the rest. */
  void alterRetentionPolicy(SchemaStatement.AlterRetentionPolicy alter) {
    if (!store.hasDatabase(alter.database())) {
      throw new QueryException("database not found: " + alter.database());
    }
    RetentionPolicy existing = find(alter.database(), alter.name());
    if (existing == null) {
      throw new QueryException("retention policy not found: " + alter.name());
    }
    RetentionPolicy changed = changed(existing, alter.policy());
    store.alterRetentionPolicy(alter.database(), changed, alter.makeDefault());
  }

  /** Dropping what is not there is no error. */
  void dropRetentionPolicy(SchemaStatement.DropRetentionPolicy drop) {
    if (store.hasDatabase(drop.database()) && find(drop.database(), drop.name()) != null) {
      store.dropRetentionPolicy(drop.database(), drop.name());
    }
  }

  private @Nullable RetentionPolicy find(String database, String name) {
    List<RetentionPolicy> policies = store.retentionPolicies(database);
    return policies.stream().filter(p -> p.name().equals(name)).findFirst().orElse(null);
  }

  private static RetentionPolicy policy(String name, SchemaStatement.@Nullable PolicySpec spec) {
    if (spec == null) {
      return RetentionPolicy.of(name, 0);
    }
    Long duration = spec.durationNanos();
    Long shard = spec.shardDurationNanos();
    RetentionPolicy usual =
        policy(name, duration == null ? 0 : duration, shard == null ? 0 : shard);
    return changedBesideDurations(usual, spec);
  }

  private static RetentionPolicy changed(
      RetentionPolicy existing, SchemaStatement.PolicySpec spec) {
    long duration = or(spec.durationNanos(), existing.durationNanos());
    long shard = or(spec.shardDurationNanos(), existing.shardDurationNanos());
    RetentionPolicy changed =
        policy(existing.name(), duration, shard)
            .withReplication(existing.replication())
            .withLimits(existing.futureLimitNanos(), existing.pastLimitNanos());
    return changedBesideDurations(changed, spec);
  }

  private static RetentionPolicy changedBesideDurations(
      RetentionPolicy policy, SchemaStatement.PolicySpec spec) {
    Integer copies = spec.replication();
    return policy
        .withReplication(copies == null ? policy.replication() : copies)
        .withLimits(
            or(spec.futureLimitNanos(), policy.futureLimitNanos()),
            or(spec.pastLimitNanos(), policy.pastLimitNanos()));
  }

  private static long or(@Nullable Long given, long otherwise) {
    return given == null ? otherwise : given;
  }

  /**
   * A policy with checked durations.
   *
   * @param shardNanos 0 for the usual one
   */
  private static RetentionPolicy policy(String name, long durationNanos, long shardNanos) {
    if (durationNanos != 0 && durationNanos < HOUR_NANOS) {
      throw new QueryException("retention policy duration must be at least 1h0m0s");
    }
    if (shardNanos == 0) {
      return RetentionPolicy.of(name, durationNanos);
    }
    // Shards are whole hours; a fraction of one is rounded up.
    long hours = shardNanos / HOUR_NANOS + (shardNanos % HOUR_NANOS == 0 ? 0 : 1);
    long shard = Math.min(hours, Long.MAX_VALUE / HOUR_NANOS) * HOUR_NANOS;
    if (durationNanos != 0 && durationNanos < shard) {
      throw new QueryException("retention policy duration must be greater than the shard duration");
    }
    return new RetentionPolicy(name, durationNanos, shard);
  }

  private static void checkName(String name) {
    boolean bad = name.isEmpty() || name.equals(".") || name.equals("..");
    for (int i = 0; i < name.length() && !bad; i++) {
      char c = name.charAt(i);
      bad = c == '/' || c == '\\' || Character.isISOControl(c);
    }
    if (bad) {
      throw new QueryException("invalid name");
    }
  }
}
