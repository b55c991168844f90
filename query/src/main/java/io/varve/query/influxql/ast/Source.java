package io.varve.query.influxql.ast;

import io.varve.query.influxql.ast.Expression.Regex;
import org.jspecify.annotations.Nullable;

/** One entry of a FROM clause. */
public sealed interface Source {

  /**
   * One measurement by name, or all whose names match a regular expression; exactly one of {@code
   * name} and {@code regex} is not null.
   *
   * @param database null means the database of the request
   * @param policy null means the default retention policy
   * @param name a literal name
   * @param regex RE2 syntax, unanchored
   */
  record Measurement(
      @Nullable String database,
      @Nullable String policy,
      @Nullable String name,
      @Nullable Regex regex)
      implements Source {
    public Measurement {
      if ((name == null) == (regex == null)) {
        throw new IllegalArgumentException("a measurement has either a name or a regex");
      }
    }
  }

  /** The rows of an inner SELECT. */
  record Subquery(Select select) implements Source {}
}
