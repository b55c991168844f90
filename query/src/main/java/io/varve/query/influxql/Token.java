package io.varve.query.influxql;

/**
 * A token and its place.
 *
 * @param text the value of names, numbers and literals, unescaped; empty for keywords and signs
 * @param start offset of its first character in the text
 * @param end offset behind its last character
 * @param position offset that an error about it names; not always {@code start}, see {@link Lexer}
 */
record Token(TokenKind kind, String text, int start, int end, int position) {
  private static final int MAX_SHOWN = 1000;

  boolean is(TokenKind other) {
    return kind == other;
  }

  /** How error messages show it; cut off if it is very long. */
  String shown() {
    if (text.length() > MAX_SHOWN) {
      return text.substring(0, MAX_SHOWN) + "...";
    }
    return text.isEmpty() ? kind.text() : text;
  }
}
