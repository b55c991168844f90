package io.varve.query.promql.ast;

/** The time behind an {@code @}: evaluation there instead of at each step. */
public sealed interface AtModifier {

  /** A fixed time, in milliseconds since the epoch. */
  record Timestamp(long millis) implements AtModifier {}

  /** A time that is known when the query is: {@code start()} or {@code end()} of its range. */
  enum Preprocessor implements AtModifier {
    START,
    END
  }
}
