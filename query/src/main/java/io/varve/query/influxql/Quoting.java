package io.varve.query.influxql;

import java.util.List;

/** Names and strings as InfluxQL needs them quoted. */
public final class Quoting {
  private Quoting() {}

  /** The name, in double quotes if it is not a plain word or is a keyword. */
  public static String identifier(String name) {
    return needsQuotes(name) ? quoted(name) : name;
  }

  /** The string in single quotes. */
  public static String string(String value) {
    return "'" + escape(value, '\'') + "'";
  }

  /** A path of names: all but the last are quoted, empty ones inside are left out. */
  static String identifiers(List<String> segments) {
    StringBuilder path = new StringBuilder();
    int last = segments.size() - 1;
    for (int i = 0; i <= last; i++) {
      String segment = segments.get(i);
      boolean inside = i > 0 && i < last;
      if (segment.isEmpty() ? !inside : i < last || needsQuotes(segment)) {
        path.append(quoted(segment));
      } else {
        path.append(segment);
      }
      if (i < last) {
        path.append('.');
      }
    }
    return path.toString();
  }

  private static boolean needsQuotes(String name) {
    return !Lexer.isWord(name) || TokenKind.keyword(name) != null;
  }

  private static String quoted(String name) {
    return '"' + escape(name, '"') + '"';
  }

  private static String escape(String text, char quote) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        escaped.append("\\n");
      } else if (c == '\\' || c == quote) {
        escaped.append('\\').append(c);
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
