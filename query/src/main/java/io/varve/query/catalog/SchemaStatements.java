package io.varve.query.catalog;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.storage.model.RetentionPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs statements that create and drop databases and retention policies. */
final class SchemaStatements {
  private static final long HOUR_NANOS = 3_600_000_000_000L;

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
      if (!policy.equals(existing)) {
        throw new QueryException("retention policy conflicts with an existing policy");
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
    store.createRetentionPolicy(create.database(), policy, create.makeDefault());
  }

  /** Dropping what is not there is no error; dropping what is there is not built. */
  void dropRetentionPolicy(SchemaStatement.DropRetentionPolicy drop) {
    if (store.hasDatabase(drop.database()) && find(drop.database(), drop.name()) != null) {
      throw new QueryException("DROP RETENTION POLICY is not supported");
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
    if (isSet(spec.futureLimitNanos()) || isSet(spec.pastLimitNanos())) {
      throw new QueryException("FUTURE LIMIT and PAST LIMIT are not supported");
    }
    Long given = spec.durationNanos();
    long duration = given == null ? 0 : given;
    if (duration != 0 && duration < HOUR_NANOS) {
      throw new QueryException("retention policy duration must be at least 1h0m0s");
    }
    Long givenShard = spec.shardDurationNanos();
    if (!isSet(givenShard) || givenShard == null) {
      return RetentionPolicy.of(name, duration);
    }
    // Shards are whole hours; a fraction of one is rounded up.
    long shard = Math.max(1, (givenShard + HOUR_NANOS - 1) / HOUR_NANOS) * HOUR_NANOS;
    if (duration != 0 && duration < shard) {
      throw new QueryException("retention policy duration must be greater than the shard duration");
    }
    return new RetentionPolicy(name, duration, shard);
  }

  private static boolean isSet(@Nullable Long nanos) {
    return nanos != null && nanos != 0;
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
