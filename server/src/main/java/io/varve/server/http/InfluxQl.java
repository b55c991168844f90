package io.varve.server.http;

import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;

/** Answers requests in InfluxQL; {@code QueryEngine::influxQl} outside of tests. Thread-safe. */
@FunctionalInterface
public interface InfluxQl {
  /**
   * Parses a request; nothing of it has run when this returns.
   *
   * @throws io.varve.query.QueryException if the text does not parse
   */
  ResultCursor open(String text, QueryOptions options);
}
