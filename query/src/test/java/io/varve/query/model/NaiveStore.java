package io.varve.query.model;

import io.varve.query.catalog.Store;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.RetentionPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Databases in maps. How batches are cut and whether they have statistics is up to the test. */
public final class NaiveStore implements Store {
  private final int batchRows;
  private final boolean stats;
  private final Map<String, NaiveDatabase> databases = new TreeMap<>();

  /**
   * @param batchRows rows per batch, at most; batches end at multiples of that many rows
   * @param stats whether whole batches have statistics
   */
  public NaiveStore(int batchRows, boolean stats) {
    this.batchRows = batchRows;
    this.stats = stats;
  }

  /** The database, for putting points into it. */
  public NaiveDatabase database(String name) {
    NaiveDatabase database = databases.get(name);
    if (database == null) {
      throw new IllegalStateException("no database " + name);
    }
    return database;
  }

  /** Readers that have been opened and not been closed. */
  public int openReaders() {
    return databases.values().stream().mapToInt(NaiveDatabase::openReaders).sum();
  }

  @Override
  public List<String> databaseNames() {
    return List.copyOf(databases.keySet());
  }

  @Override
  public boolean hasDatabase(String name) {
    return databases.containsKey(name);
  }

  @Override
  public void createDatabase(String name, RetentionPolicy defaultPolicy) {
    databases.computeIfAbsent(name, key -> new NaiveDatabase(defaultPolicy, batchRows, stats));
  }

  @Override
  public void dropDatabase(String name) {
    databases.remove(name);
  }

  @Override
  public List<RetentionPolicy> retentionPolicies(String name) {
    return new ArrayList<>(database(name).policies().values());
  }

  @Override
  public String defaultRetentionPolicy(String name) {
    return database(name).defaultPolicy();
  }

  @Override
  public void createRetentionPolicy(String name, RetentionPolicy policy, boolean makeDefault) {
    database(name).addPolicy(policy, makeDefault);
  }

  @Override
  public SeriesReader reader(String name, @Nullable String policy) {
    return database(name).reader(policy);
  }

  /** The policies of a database in order of creation. */
  static Map<String, RetentionPolicy> policies(RetentionPolicy first) {
    Map<String, RetentionPolicy> policies = new LinkedHashMap<>();
    policies.put(first.name(), first);
    return policies;
  }
}
