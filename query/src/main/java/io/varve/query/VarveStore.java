package io.varve.query;

import io.varve.query.catalog.Store;
import io.varve.storage.Database;
import io.varve.storage.SeriesReader;
import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The engine as statements see it. */
final class VarveStore implements Store {
  private final Varve varve;

  VarveStore(Varve varve) {
    this.varve = varve;
  }

  @Override
  public List<String> databaseNames() {
    return varve.databaseNames();
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
  public String defaultRetentionPolicy(String database) {
    return existing(database).defaultRetentionPolicy();
  }

  @Override
  public void createRetentionPolicy(String database, RetentionPolicy policy, boolean makeDefault) {
    existing(database).createRetentionPolicy(policy, makeDefault);
  }

  @Override
  public SeriesReader reader(String database, @Nullable String policy) {
    return existing(database).reader(policy);
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
