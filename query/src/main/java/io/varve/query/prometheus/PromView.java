package io.varve.query.prometheus;

import io.varve.storage.Database;
import io.varve.storage.SeriesReader;
import io.varve.storage.StorageException;
import io.varve.storage.Varve;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens the databases of a store for a request, and keeps the names of their metrics from one
 * request to the next. Thread-safe.
 */
final class PromView {
  private final Varve store;
  private final String defaultDatabase;
  private final Map<String, MetricNames> names = new ConcurrentHashMap<>();

  PromView(Varve store, String defaultDatabase) {
    this.store = store;
    this.defaultDatabase = defaultDatabase;
  }

  /** The databases that a request may look at; the caller closes what it gets. */
  OpenDatabases open(PromRequest request) {
    names.keySet().retainAll(store.databaseNames());
    List<DatabaseView> views = new ArrayList<>();
    OpenDatabases open = new OpenDatabases(views);
    try {
      for (String name : store.databaseNames()) {
        String only = request.database();
        Database database = store.database(name);
        if (database != null
            && (only == null || only.equals(name))
            && request.mayRead().test(name)
            && database.defaultRetentionPolicy() != null) {
          views.add(view(database, only == null && !name.equals(defaultDatabase) ? name : ""));
        }
      }
      return open;
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /**
   * A view of a database, its names taken from the last one if they have not changed.
   *
   * @throws StorageException if it has been dropped meanwhile
   */
  private DatabaseView view(Database database, String label) {
    SeriesReader reader = database.reader(null);
    try {
      MetricNames known = names.get(database.name());
      if (known == null || known.schemaVersion() != reader.schemaVersion()) {
        known = new MetricNames(reader);
        names.put(database.name(), known);
      }
      return new DatabaseView(reader, known, label);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** Databases with a snapshot each. */
  record OpenDatabases(List<DatabaseView> views) implements AutoCloseable {
    @Override
    public void close() {
      views.forEach(view -> view.reader().close());
    }
  }
}
