package io.varve.query.promql;

import io.varve.query.promql.ast.PositionRange;

/**
 * A token.
 *
 * @param text as it stands in the query, with quotes
 */
record Token(TokenKind kind, String text, int start) {
  PositionRange position() {
    return new PositionRange(start, end());
  }

  int end() {
    return start + text.length();
  }

  boolean is(TokenKind other) {
    return kind == other;
  }

  String describe() {
    return kind.describe(text);
  }
}
