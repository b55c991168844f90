package io.varve.query.influxql;

import io.varve.query.QueryException;

/** A text that is not InfluxQL, in InfluxDB's words. */
public final class ParseException extends QueryException {
  private static final long serialVersionUID = 1L;

  ParseException(String message) {
    super(message);
  }

  /**
   * A message with a place.
   *
   * @param offset into {@code text}; the line and the character, both from 1, are worked out here.
   *     May lie behind the end, see {@link Lexer}.
   */
  static ParseException at(String text, int offset, String message) {
    int end = Math.min(offset, text.length());
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean firstOfTwo = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (c == '\n' || (c == '\r' && !firstOfTwo)) {
        line++;
        lineStart = i + 1;
      }
    }
    int character = text.codePointCount(lineStart, end) + 1 + (offset - end);
    return new ParseException(message + " at line " + line + ", char " + character);
  }
}
