package io.varve.query;

import io.varve.query.access.UserStore;
import io.varve.query.catalog.Store;
import io.varve.query.continuous.ContinuousQueries;
import io.varve.storage.Database;
import io.varve.storage.Durability;
import io.varve.storage.Health;
import io.varve.storage.SeriesReader;
import io.varve.storage.ShardInfo;
import io.varve.storage.StorageException;
import io.varve.storage.StoreStats;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The engine as statements see it. */
final class VarveStore implements Store {
  private final Varve varve;
  private final UserStore users;
  private final ContinuousQueries continuousQueries;
  private final Subscriptions subscriptions;
  private final Predicate<String> listed;

  /** What readers may do; null for anything. */
  private final @Nullable BriefWork work;

  VarveStore(Varve varve) {
    this(
        varve,
        new UserStore(varve),
        new ContinuousQueries(varve),
        new Subscriptions(varve),
        name -> true,
        null);
  }

  private VarveStore(
      Varve varve,
      UserStore users,
      ContinuousQueries continuousQueries,
      Subscriptions subscriptions,
      Predicate<String> listed,
      @Nullable BriefWork work) {
    this.varve = varve;
    this.subscriptions = subscriptions;
    this.users = users;
    this.continuousQueries = continuousQueries;
    this.listed = listed;
    this.work = work;
  }

  /** The same store, listing only databases of which this holds. */
  VarveStore listing(Predicate<String> names) {
    return new VarveStore(varve, users, continuousQueries, subscriptions, names, work);
  }

  /** The same store, whose readers do no more than that, and never wait. */
  VarveStore within(BriefWork most) {
    return new VarveStore(varve, users, continuousQueries, subscriptions, listed, most);
  }

  @Override
  public List<String> databaseNames() {
    return varve.databaseNames().stream().filter(listed).toList();
  }

  @Override
  public UserStore users() {
    return users;
  }

  @Override
  public ContinuousQueries continuousQueries() {
    return continuousQueries;
  }

  @Override
  public Subscriptions subscriptions() {
    return subscriptions;
  }

  @Override
  public boolean hasDatabase(String database) {
    return varve.database(database) != null;
  }

  @Override
  public void createDatabase(String database, RetentionPolicy defaultPolicy) {
    varve.createDatabase(database, defaultPolicy);
  }

  @Override
  public void dropDatabase(String database) {
    varve.dropDatabase(database);
  }

  @Override
  public List<RetentionPolicy> retentionPolicies(String database) {
    return existing(database).retentionPolicies();
  }

  @Override
  public @Nullable String defaultRetentionPolicy(String database) {
    return existing(database).defaultRetentionPolicy();
  }

  @Override
  public void createRetentionPolicy(String database, RetentionPolicy policy, boolean makeDefault) {
    existing(database).createRetentionPolicy(policy, makeDefault);
  }

  @Override
  public void alterRetentionPolicy(String database, RetentionPolicy policy, boolean makeDefault) {
    existing(database).alterRetentionPolicy(policy, makeDefault);
  }

  @Override
  public void dropRetentionPolicy(String database, String policy) {
    subscriptions.dropAll(database, policy);
    existing(database).dropRetentionPolicy(policy);
  }

  @Override
  public void dropSeries(String database, String measurement, TagPredicate predicate) {
    existing(database).dropSeries(measurement, predicate);
  }

  @Override
  public void dropMeasurement(String database, String measurement) {
    existing(database).dropMeasurement(measurement);
  }

  @Override
  public void delete(
      String database,
      @Nullable String policy,
      String measurement,
      TagPredicate predicate,
      TimeRange range) {
    existing(database).delete(policy, measurement, predicate, range);
  }

  @Override
  public WriteResult write(String database, @Nullable String policy, PointBatch batch) {
    try {
      return existing(database).write(policy, batch).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Override
  public List<ShardInfo> shards() {
    return varve.shards();
  }

  @Override
  public void dropShard(long id) {
    varve.dropShard(id);
  }

  @Override
  public long seriesCount(String database) {
    return existing(database).seriesCount();
  }

  @Override
  public Map<String, Map<String, Object>> diagnostics() {
    VarveOptions options = varve.options();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("dir", varve.directory().toString());
    data.put("durability", durability(options.durability()));
    data.put("max-series-per-database", options.maxSeriesPerDatabase());
    data.put("max-values-per-tag", options.maxValuesPerTag());
    data.put("max-new-series-per-minute", options.maxNewSeriesPerMinute());
    Health health = varve.health();
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("writable", health.writable());
    state.put("reason", health.reason() == null ? "" : health.reason());
    state.put("quarantinedChunks", health.quarantinedCount());
    state.put("damagedLogRecords", (long) health.damagedLogRecords());
    state.put("damagedTable", health.damagedTable() == null ? "" : health.damagedTable());
    return Map.of("config-data", data, "health", state);
  }

  private static String durability(Durability durability) {
    if (durability.equals(Durability.ALWAYS)) {
      return "always";
    }
    return durability.equals(Durability.NONE) ? "none" : "interval " + durability.interval();
  }

  @Override
  public StoreStats stats() {
    return varve.stats();
  }

  @Override
  public SeriesReader reader(String database, @Nullable String policy) {
    Database existing = existing(database);
    if (work == null) {
      return existing.reader(policy);
    }
    SeriesReader reader = existing.tryReader(policy);
    if (reader == null) {
      throw new NotBriefException("a commit is at work");
    }
    return new BriefReader(reader, work, existing::seriesCount);
  }

  /** The database, which may have been dropped since it was looked up. */
  private Database existing(String name) {
    Database database = varve.database(name);
    if (database == null) {
      throw new QueryException("database not found: " + name);
    }
    return database;
  }
}
