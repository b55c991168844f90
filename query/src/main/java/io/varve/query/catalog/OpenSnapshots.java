package io.varve.query.catalog;

import io.varve.query.QueryException;
import io.varve.query.QueryOptions;
import io.varve.query.plan.Snapshots;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.RetentionPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The snapshots of one statement; closing this closes them. For one thread. */
public final class OpenSnapshots implements Snapshots, AutoCloseable {
  private record Place(String database, String policy) {}

  private final Store store;
  private final QueryOptions options;
  private final Map<Place, SeriesReader> readers = new HashMap<>();

  public OpenSnapshots(Store store, QueryOptions options) {
    this.store = store;
    this.options = options;
  }

  @Override
  public SeriesReader reader(@Nullable String database, @Nullable String policy) {
    String name = database(database);
    return open(name, policy(name, policy));
  }

  /**
   * A snapshot to look names up in, which belong to the database as a whole: that of the policy of
   * the request, else the default one, else any.
   *
   * @param database null for the one of the request
   */
  SeriesReader namesReader(@Nullable String database) {
    String name = database(database);
    List<RetentionPolicy> all = store.retentionPolicies(name);
    boolean anyWillDo = store.defaultRetentionPolicy(name) == null && !all.isEmpty();
    return open(name, policy(name, anyWillDo && !namesPolicy(name) ? all.get(0).name() : null));
  }

  private SeriesReader open(String name, String wanted) {
    Place place = new Place(name, wanted);
    SeriesReader reader = readers.get(place);
    if (reader == null) {
      reader = store.reader(name, wanted);
      readers.put(place, reader);
    }
    return reader;
  }

  /**
   * The name of an existing policy of a database.
   *
   * @param policy null for the one of the request, else the default one of the database
   */
  public String policy(String name, @Nullable String policy) {
    String wanted = policy;
    if (wanted == null && namesPolicy(name)) {
      wanted = options.retentionPolicy();
    }
    if (wanted != null) {
      checkPolicy(name, wanted);
    } else {
      wanted = store.defaultRetentionPolicy(name);
    }
    if (wanted == null) {
      throw new QueryException("default retention policy not set for: " + name);
    }
    return wanted;
  }

  /** Whether the request names a policy of the database. */
  private boolean namesPolicy(String name) {
    String given = options.retentionPolicy();
    return name.equals(options.database()) && given != null && !given.isEmpty();
  }

  /**
   * The name of an existing database.
   *
   * @param named null for the one of the request
   */
  public String database(@Nullable String named) {
    String database = named == null ? options.database() : named;
    if (database == null || database.isEmpty()) {
      throw new QueryException("database name required");
    }
    if (!store.hasDatabase(database)) {
      throw new QueryException("database not found: " + database);
    }
    return database;
  }

  /**
   * Whether a database is named that there is not; some statements find nothing in such.
   *
   * @param named null for the one of the request
   */
  boolean isUnknown(@Nullable String named) {
    String database = named == null ? options.database() : named;
    return database != null && !database.isEmpty() && !store.hasDatabase(database);
  }

  /** Throws if the request has been cancelled. */
  void checkCancelled() {
    if (options.cancelled().getAsBoolean()) {
      throw new QueryException("query interrupted");
    }
  }

  /**
   * The name of an existing database.
   *
   * @param named null for the one of the request, else {@code otherwise}
   */
  String databaseOr(@Nullable String named, String otherwise) {
    boolean none = options.database() == null || options.database().isEmpty();
    return database(named == null && none ? otherwise : named);
  }

  private void checkPolicy(String database, String policy) {
    for (RetentionPolicy existing : store.retentionPolicies(database)) {
      if (existing.name().equals(policy)) {
        return;
      }
    }
    throw new QueryException("retention policy not found: " + policy);
  }

  @Override
  public void close() {
    readers.values().forEach(SeriesReader::close);
    readers.clear();
  }
}
