package io.varve.query.catalog;

import io.varve.query.QueryException;
import io.varve.query.Subscriptions;
import io.varve.query.access.UserStore;
import io.varve.query.continuous.ContinuousQueries;
import io.varve.storage.SeriesReader;
import io.varve.storage.ShardInfo;
import io.varve.storage.StoreStats;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What statements need of a store as a whole. Databases that are asked for by name exist. */
public interface Store {
  /** Names of all databases, sorted. */
  List<String> databaseNames();

  boolean hasDatabase(String database);

  /** Creates a database, or does nothing if it exists. */
  void createDatabase(String database, RetentionPolicy defaultPolicy);

  /** Removes a database, or does nothing if there is none. */
  void dropDatabase(String database);

  /** The policies of a database in order of creation. */
  List<RetentionPolicy> retentionPolicies(String database);

  /** Null if the database has none. */
  @Nullable String defaultRetentionPolicy(String database);

  void createRetentionPolicy(String database, RetentionPolicy policy, boolean makeDefault);

  /** Replaces the policy of the same name, which exists. */
  default void alterRetentionPolicy(String database, RetentionPolicy policy, boolean makeDefault) {
    throw readOnly();
  }

  /** Removes a policy and its data. */
  default void dropRetentionPolicy(String database, String policy) {
    throw readOnly();
  }

  /** Removes a measurement with its data in all policies, or does nothing if there is none. */
  default void dropMeasurement(String database, String measurement) {
    throw readOnly();
  }

  /**
   * Removes the rows of a range of time.
   *
   * @param policy null for all
   */
  default void delete(
      String database,
      @Nullable String policy,
      String measurement,
      TagPredicate predicate,
      TimeRange range) {
    throw readOnly();
  }

  /** Removes series with their data in all policies. */
  default void dropSeries(String database, String measurement, TagPredicate predicate) {
    throw readOnly();
  }

  /**
   * Stores a batch; returns when it is durable and visible.
   *
   * @param policy null for the default one
   * @param batch the store's from now on
   */
  default WriteResult write(String database, @Nullable String policy, PointBatch batch) {
    throw readOnly();
  }

  /** The shards of all databases, by id. */
  default List<ShardInfo> shards() {
    return List.of();
  }

  /** Removes a shard with its rows, or does nothing if there is none of this id. */
  default void dropShard(long id) {
    throw readOnly();
  }

  /** Series that exist in a database. */
  default long seriesCount(String database) {
    return 0;
  }

  /** What the store adds to SHOW DIAGNOSTICS: modules of Strings, Longs and Booleans by name. */
  default Map<String, Map<String, Object>> diagnostics() {
    return Map.of();
  }

  default UserStore users() {
    throw readOnly();
  }

  default ContinuousQueries continuousQueries() {
    throw readOnly();
  }

  default Subscriptions subscriptions() {
    throw readOnly();
  }

  /** Numbers for monitoring; null if the store has none. */
  default @Nullable StoreStats stats() {
    return null;
  }

  private static QueryException readOnly() {
    return new QueryException("the store is read only");
  }

  /**
   * Opens a snapshot; the caller closes it.
   *
   * @param policy one that exists, or null for the default one
   */
  SeriesReader reader(String database, @Nullable String policy);
}
