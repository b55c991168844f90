package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.regex.Patterns;

/** Regular expressions in RE2 syntax. */
final class Regexes {
  private Regexes() {}

  /**
   * The expression, known to compile.
   *
   * @throws QueryException if it does not, in RE2's words
   */
  static Expression.Regex check(String pattern) {
    Patterns.compile(pattern, 0);
    return new Expression.Regex(pattern);
  }
}
