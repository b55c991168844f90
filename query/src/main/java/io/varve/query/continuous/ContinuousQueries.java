package io.varve.query.continuous;

import io.varve.query.QueryException;
import io.varve.storage.Database;
import io.varve.storage.Documents;
import io.varve.storage.Varve;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The continuous queries of a store: documents of their databases, so that they go with them.
 * Thread-safe; changes are durable when they return.
 */
public final class ContinuousQueries {
  private static final String KIND = "continuous-query";

  private final Varve store;

  public ContinuousQueries(Varve store) {
    this.store = store;
  }

  /** Text by name in order of creation; empty if there is no such database. */
  public Map<String, String> texts(String database) {
    Map<String, String> texts = new LinkedHashMap<>();
    list(database).forEach(query -> texts.put(query.name(), query.text()));
    return texts;
  }

  /** In order of creation; empty if there is no such database. */
  List<ContinuousQuery> list(String database) {
    Database owner = store.database(database);
    if (owner == null) {
      return List.of();
    }
    List<ContinuousQuery> queries = new ArrayList<>();
    owner
        .documents()
        .list(KIND)
        .forEach((name, bytes) -> queries.add(ContinuousQuery.decode(database, name, bytes)));
    queries.sort(Comparator.comparingLong(ContinuousQuery::ordinal));
    return queries;
  }

  /** Of all databases. */
  List<ContinuousQuery> list() {
    List<ContinuousQuery> queries = new ArrayList<>();
    store.databaseNames().forEach(database -> queries.addAll(list(database)));
    return queries;
  }

  /**
   * Creates a query. The same text again, letters large or small, does nothing.
   *
   * @throws QueryException if there is another one of that name, or no such database
   */
  public synchronized void create(String database, String name, String text) {
    Documents documents = documents(database);
    long ordinal = 1;
    for (ContinuousQuery query : list(database)) {
      if (query.name().equals(name)) {
        if (query.text().toLowerCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT))) {
          return;
        }
        throw new QueryException("continuous query already exists");
      }
      ordinal = Math.max(ordinal, query.ordinal() + 1);
    }
    ContinuousQuery query =
        new ContinuousQuery(database, name, ordinal, ContinuousQuery.NEVER, text);
    documents.put(KIND, name, query.encode());
  }

  /** Removes a query, or does nothing if there is none. */
  public void drop(String database, String name) {
    Database owner = store.database(database);
    if (owner != null) {
      owner.documents().delete(KIND, name);
    }
  }

  /** Notes how far a query has got, unless it was dropped or replaced; answers it as noted. */
  ContinuousQuery setLastRun(ContinuousQuery query, long nanos) {
    ContinuousQuery changed = query.withLastRun(nanos);
    Database owner = store.database(query.database());
    if (owner != null) {
      owner.documents().replace(KIND, query.name(), query.encode(), changed.encode());
    }
    return changed;
  }

  private Documents documents(String database) {
    Database owner = store.database(database);
    if (owner == null) {
      throw new QueryException("database not found: " + database);
    }
    return owner.documents();
  }
}
