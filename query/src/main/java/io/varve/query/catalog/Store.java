package io.varve.query.catalog;

import io.varve.storage.SeriesReader;
import io.varve.storage.model.RetentionPolicy;
import java.util.List;
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

  String defaultRetentionPolicy(String database);

  void createRetentionPolicy(String database, RetentionPolicy policy, boolean makeDefault);

  /**
   * Opens a snapshot; the caller closes it.
   *
   * @param policy one that exists, or null for the default one
   */
  SeriesReader reader(String database, @Nullable String policy);
}
