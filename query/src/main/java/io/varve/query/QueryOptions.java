package io.varve.query;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a request says beside its text.
 *
 * @param database for sources that name none; null if the request names none either
 * @param retentionPolicy for sources that name none; null for the database's default
 * @param parameters values of bound parameters: String, Long, Double or Boolean; a map with one
 *     entry from {@code identifier}, {@code regex}, {@code duration} and so on to its value; or
 *     what can only be refused once it is used, a List or an empty Optional
 * @param readOnly whether statements that change something get a warning (they came by GET)
 * @param cancelled asked at least once per batch of rows; true ends the query
 */
public record QueryOptions(
    @Nullable String database,
    @Nullable String retentionPolicy,
    Map<String, Object> parameters,
    boolean readOnly,
    BooleanSupplier cancelled) {

  /** The same with another way to be cancelled. */
  QueryOptions withCancelled(BooleanSupplier other) {
    return new QueryOptions(database, retentionPolicy, parameters, readOnly, other);
  }
}
