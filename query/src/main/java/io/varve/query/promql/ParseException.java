package io.varve.query.promql;

import io.varve.query.QueryException;
import io.varve.query.promql.ast.PositionRange;

/** A text that is not PromQL, in Prometheus' words: {@code 1:5: parse error: unexpected ...}. */
public final class ParseException extends QueryException {
  private static final long serialVersionUID = 1L;

  private final int start;
  private final int end;

  ParseException(String text, PositionRange position, String message) {
    super(place(text, position) + ": parse error: " + message);
    this.start = position.start();
    this.end = position.end();
  }

  private static String place(String text, PositionRange position) {
    return text.isEmpty() ? "unknown position" : Positions.lineAndColumn(text, position.start());
  }

  /** What the message is about. */
  public PositionRange position() {
    return new PositionRange(start, end);
  }
}
