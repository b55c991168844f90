package io.varve.query;

import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * The subscriptions of a store: documents of their databases, so that they go with them.
 * Thread-safe; changes are durable when they return.
 */
public final class Subscriptions {
  /** As each of them has a thread while points are passed on. */
  public static final int MAX_COUNT = 64;

  private static final String KIND = "subscription";

  /** Between the policy and the name of a document; no policy's name has it. */
  private static final char SEPARATOR = '/';

  private final Varve store;

  public Subscriptions(Varve store) {
    this.store = store;
  }

  /**
   * Changes, as an object, whenever a subscription of the database does, and not otherwise; empty
   * if there is none. Costs nothing, so it may be asked for each batch.
   */
  public static SortedMap<String, byte[]> version(Database database) {
    return database.documents().list(KIND);
  }

  /** Those of a database in order of policies, then of creation. */
  public static List<Subscription> list(Database database) {
    SortedMap<String, byte[]> documents = version(database);
    if (documents.isEmpty()) {
      return List.of();
    }
    List<Subscription> all = new ArrayList<>();
    documents.forEach((key, bytes) -> all.add(decode(database, key, bytes)));
    all.sort(Comparator.comparingLong(Subscription::ordinal));
    List<Subscription> sorted = new ArrayList<>();
    for (RetentionPolicy policy : database.retentionPolicies()) {
      all.stream().filter(each -> each.policy().equals(policy.name())).forEach(sorted::add);
    }
    return sorted;
  }

  /** As {@link #list}; empty if there is no such database. */
  public List<Subscription> of(String database) {
    Database owner = store.database(database);
    return owner == null ? List.of() : list(owner);
  }

  private static Subscription decode(Database database, String key, byte[] bytes) {
    int separator = key.indexOf(SEPARATOR);
    return Subscription.decode(
        database.name(), key.substring(0, separator), key.substring(separator + 1), bytes);
  }

  /**
   * Creates a subscription; nothing of it is set but what statements say.
   *
   * @throws QueryException in InfluxDB's words if a destination is no URL, if the policy does not
   *     exist, or if there is one of that name
   */
  public synchronized void create(
      String database, String policy, String name, boolean toAll, List<String> destinations) {
    destinations.forEach(Subscription::parse);
    Database owner = owner(database, policy);
    long ordinal = 1;
    int count = 0;
    for (String each : store.databaseNames()) {
      Database other = store.database(each);
      count += other == null ? 0 : version(other).size();
    }
    for (Subscription each : list(owner)) {
      if (each.policy().equals(policy) && each.name().equals(name)) {
        throw new QueryException("subscription already exists");
      }
      ordinal = Math.max(ordinal, each.ordinal() + 1);
    }
    if (count >= MAX_COUNT) {
      throw new QueryException("there are " + MAX_COUNT + " subscriptions, which is the limit");
    }
    Subscription created = new Subscription(database, policy, name, ordinal, toAll, destinations);
    owner.documents().put(KIND, policy + SEPARATOR + name, created.encode());
  }

  /**
   * Removes a subscription.
   *
   * @throws QueryException if it or its policy does not exist
   */
  public void drop(String database, String policy, String name) {
    if (!owner(database, policy).documents().delete(KIND, policy + SEPARATOR + name)) {
      throw new QueryException("subscription not found");
    }
  }

  /** Removes all of a policy that is about to be dropped. */
  public void dropAll(String database, String policy) {
    Database owner = store.database(database);
    if (owner == null) {
      return;
    }
    for (String key : version(owner).keySet()) {
      if (key.startsWith(policy + SEPARATOR)) {
        owner.documents().delete(KIND, key);
      }
    }
  }

  private Database owner(String database, String policy) {
    Database owner = store.database(database);
    if (owner == null) {
      throw new QueryException("database not found: " + database);
    }
    if (owner.retentionPolicies().stream().noneMatch(each -> each.name().equals(policy))) {
      throw new QueryException("retention policy not found: " + policy);
    }
    return owner;
  }
}
