package io.varve.storage;

import io.varve.storage.head.Moments;
import io.varve.storage.index.IndexLimits;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RefusedSeries;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagCardinality;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A database of an open {@link Varve}. Thread-safe.
 *
 * <p>Everything throws {@link StorageException} (or completes with it): of kind USER "database not
 * found: x" once the database was dropped, of kind UNAVAILABLE once the store was closed.
 */
public final class Database {
  private final Engine engine;
  private final int id;
  private final String name;
  private final SeriesIndex index;
  private final Documents documents;

  /** In order of creation; never changed, only replaced, by the commit thread. */
  private volatile Map<String, PolicyState> policies = Map.of();

  private volatile @Nullable String defaultPolicy;
  private volatile long syncIntervalNanos;
  private volatile boolean dropped;

  Database(
      Engine engine,
      int id,
      String name,
      SeriesIndex index,
      @Nullable String defaultPolicy,
      long syncIntervalNanos) {
    this.engine = engine;
    this.id = id;
    this.name = name;
    this.index = index;
    this.documents = new Documents(engine, this);
    this.defaultPolicy = defaultPolicy;
    this.syncIntervalNanos = syncIntervalNanos;
  }

  public String name() {
    return name;
  }

  /** Those of the store. */
  Moments moments() {
    return engine.moments();
  }

  /** In order of creation. */
  public List<RetentionPolicy> retentionPolicies() {
    return policies.values().stream().map(PolicyState::policy).toList();
  }

  /** The policy of writes and queries that name none, or null if it was dropped. */
  public @Nullable String defaultRetentionPolicy() {
    return defaultPolicy;
  }

  /** Small named values that belong to this database and go with it. */
  public Documents documents() {
    return documents;
  }

  /**
   * Creates a policy.
   *
   * @throws StorageException of kind USER if there is one of that name that differs
   */
  public void createRetentionPolicy(RetentionPolicy policy, boolean makeDefault) {
    engine.administer(admin -> admin.createPolicy(this, policy, makeDefault));
  }

  /**
   * Replaces the durations of the policy of the same name. Shards that exist keep their bounds;
   * those that the new duration makes too old are dropped at once.
   *
   * @throws StorageException of kind USER "retention policy not found: x" if there is none
   */
  public void alterRetentionPolicy(RetentionPolicy policy, boolean makeDefault) {
    engine.administer(admin -> admin.alterPolicy(this, policy, makeDefault));
  }

  /**
   * Removes a policy and its data; no error if there is none. Without its default policy the
   * database has none until another one is made the default: who names no policy gets the exception
   * "retention policy not found: ".
   */
  public void dropRetentionPolicy(String policyName) {
    engine.administer(admin -> admin.dropPolicy(this, policyName));
  }

  /**
   * Hands a batch to the group commit; completes when it is durable and visible. Completes
   * exceptionally with {@link StorageException}: "retention policy not found: x" if unknown, of
   * kind RESOURCES if too much is waiting already. Never blocks. What depends on the future runs on
   * the commit thread and must not block either; use the {@code Async} methods otherwise.
   *
   * @param policy null for the default
   * @param batch not to be changed until the future completes
   */
  public CompletableFuture<WriteResult> write(@Nullable String policy, PointBatch batch) {
    return engine.write(this, policy, batch);
  }

  /**
   * Opens a view; the caller closes it.
   *
   * @param policy null for the default
   * @throws StorageException of kind USER "retention policy not found: x" if unknown
   */
  public SeriesReader reader(@Nullable String policy) {
    return engine.reader(findPolicy(policy));
  }

  /**
   * As {@link #reader}, for threads that must not wait: null while a commit is at work, and where
   * rows would have to be read from a file, a {@link StorageException} of kind RESOURCES.
   */
  public @Nullable SeriesReader tryReader(@Nullable String policy) {
    return engine.tryReader(findPolicy(policy));
  }

  /**
   * Removes the series of a measurement that meet the predicate, with their data in all policies; a
   * measurement without series is gone, and with it the types of its fields.
   *
   * @return how many series there were
   */
  public int dropSeries(String measurement, TagPredicate predicate) {
    return engine.administer(admin -> admin.deletions().dropSeries(this, measurement, predicate));
  }

  /**
   * Deletes the rows of a range of time of the series that meet the predicate, in all policies.
   * Readers opened afterwards do not see them; rows written afterwards, even at the same times, are
   * not affected. Costs the same however many rows there are; their space comes back with the next
   * compaction of their shards, and series left without rows go with it. Each shard keeps at most
   * 256 deletes that wait for that; one more waits until a compaction has seen to them.
   *
   * @throws StorageException of kind RESOURCES if that compaction is not possible, for damage or
   *     lack of space
   */
  public void delete(String measurement, TagPredicate predicate, TimeRange range) {
    delete(null, measurement, predicate, range);
  }

  /**
   * As the other {@code delete}, in one policy.
   *
   * @param policy null for all
   * @throws StorageException of kind USER "retention policy not found: x" if unknown
   */
  public void delete(
      @Nullable String policy, String measurement, TagPredicate predicate, TimeRange range) {
    engine.delete(this, policy, measurement, predicate, range);
  }

  /**
   * Removes a measurement with its series, fields and data in all policies. A measurement of the
   * same name may come back, with fields of other types.
   *
   * @return whether there was one
   */
  public boolean dropMeasurement(String measurement) {
    return engine.administer(admin -> admin.deletions().dropMeasurement(this, measurement));
  }

  /**
   * Removes a field of a measurement, of whatever types it has, with its values in all policies. A
   * field of the same name may come back with another type; rows without other fields are gone.
   *
   * @return whether there was one
   */
  public boolean dropField(String measurement, String field) {
    return engine.administer(admin -> admin.deletions().dropField(this, measurement, field));
  }

  /** What an acknowledged write survives. */
  public Durability durability() {
    return Durability.ofSyncIntervalNanos(syncIntervalNanos);
  }

  /** Changes what writes survive that are queued after this call. */
  public void alterDurability(Durability durability) {
    engine.administer(admin -> admin.alterDurability(this, durability));
  }

  /** Series that exist. */
  public long seriesCount() {
    return index.seriesCount();
  }

  /** Series that exist of a measurement; 0 if there is none. From counters, as all below. */
  public long seriesCount(String measurement) {
    return index.catalog().seriesCount(measurement);
  }

  /** Measurements that exist; looks at each. */
  public int measurementCount() {
    return index.catalog().measurements().size();
  }

  /** Distinct values of a tag in a measurement; 0 if there is none. */
  public long tagValueCount(String measurement, String tagKey) {
    return index.catalog().tagValueCount(measurement, tagKey);
  }

  /** The tags of a measurement by key; empty if there is no such measurement. */
  public List<TagCardinality> tagCardinalities(String measurement) {
    return index.catalog().tagCardinalities(measurement);
  }

  /** The tags with the most values of all measurements, most first, at most {@code limit}. */
  public List<TagCardinality> topTags(int limit) {
    return index.catalog().topTags(limit);
  }

  /** How often limits have refused a new series of this database. */
  public RefusedSeries refusedSeries() {
    return index.refused();
  }

  int id() {
    return id;
  }

  SeriesIndex index() {
    return index;
  }

  /** The policy of a name, null for the default; throws if there is none. */
  PolicyState findPolicy(@Nullable String policyName) {
    if (dropped) {
      throw new StorageException(StorageException.Kind.USER, "database not found: " + name);
    }
    String wanted = policyName == null ? defaultPolicy : policyName;
    PolicyState found = wanted == null ? null : policies.get(wanted);
    if (found == null) {
      throw new StorageException(
          StorageException.Kind.USER,
          "retention policy not found: " + (wanted == null ? "" : wanted));
    }
    return found;
  }

  /** The shards of all policies. */
  List<Shard> shards() {
    List<Shard> result = new ArrayList<>();
    policies.values().forEach(policy -> result.addAll(policy.shards()));
    return result;
  }

  Iterable<PolicyState> policies() {
    return policies.values();
  }

  @Nullable PolicyState policyOrNull(String policyName) {
    return policies.get(policyName);
  }

  void addPolicy(PolicyState policy) {
    Map<String, PolicyState> changed = new LinkedHashMap<>(policies);
    changed.put(policy.policy().name(), policy);
    policies = Collections.unmodifiableMap(changed);
  }

  void removePolicy(PolicyState policy) {
    Map<String, PolicyState> changed = new LinkedHashMap<>(policies);
    changed.remove(policy.policy().name());
    policies = Collections.unmodifiableMap(changed);
  }

  void setDefaultPolicy(@Nullable String policyName) {
    defaultPolicy = policyName;
  }

  long syncIntervalNanos() {
    return syncIntervalNanos;
  }

  void setSyncIntervalNanos(long nanos) {
    syncIntervalNanos = nanos;
  }

  boolean isDropped() {
    return dropped;
  }

  void markDropped() {
    dropped = true;
  }

  static IndexLimits limits(VarveOptions options) {
    return new IndexLimits(
        options.maxSeriesPerDatabase(), options.maxValuesPerTag(), options.maxNewSeriesPerMinute());
  }
}
