package io.varve.server.socket;

import io.varve.server.ingest.Precision;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Where the points of a door go. Immutable.
 *
 * @param database created when the first points come, if need be
 * @param policy empty for the database's default
 * @param precision the unit of timestamps
 */
public record LineTarget(String database, String policy, Precision precision) {
  Database open(Varve store) {
    Database found = store.database(database);
    return found != null
        ? found
        : store.createDatabase(database, RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
  }

  @Nullable String policyOrNull() {
    return policy.isEmpty() ? null : policy;
  }
}
