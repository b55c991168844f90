package io.varve.server.http;

import io.varve.query.QueryEngine;
import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;
import org.jspecify.annotations.Nullable;

/** Answers requests in InfluxQL; {@link #of} outside of tests. Thread-safe. */
@FunctionalInterface
public interface InfluxQl {
  /**
   * Parses a request; nothing of it has run when this returns.
   *
   * @throws io.varve.query.QueryException if the text does not parse
   */
  ResultCursor open(String text, QueryOptions options);

  /**
   * Opens a request that may be answered on an event loop; null if it may not. See {@link
   * QueryEngine#briefInfluxQl}.
   */
  default @Nullable ResultCursor openBrief(String text, QueryOptions options) {
    return null;
  }

  /** What an engine answers. */
  static InfluxQl of(QueryEngine engine) {
    return new InfluxQl() {
      @Override
      public ResultCursor open(String text, QueryOptions options) {
        return engine.influxQl(text, options);
      }

      @Override
      public @Nullable ResultCursor openBrief(String text, QueryOptions options) {
        return engine.briefInfluxQl(text, options);
      }
    };
  }
}
