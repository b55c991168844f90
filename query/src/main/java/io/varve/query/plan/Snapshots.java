package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.storage.SeriesReader;
import org.jspecify.annotations.Nullable;

/** The data that one statement sees: snapshots opened as they are named, and kept until its end. */
public interface Snapshots {
  /**
   * The snapshot of a retention policy; the same one each time.
   *
   * @param database null for the one of the request
   * @param policy null for the one of the request, else the default one of the database
   * @throws QueryException if there is none, or none is named
   */
  SeriesReader reader(@Nullable String database, @Nullable String policy);
}
