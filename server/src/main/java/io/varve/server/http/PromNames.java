package io.varve.server.http;

/**
 * Label names in paths: what is not a plain name comes escaped as {@code U__}, then {@code __} for
 * an underscore and {@code _HEX_} for any other character.
 */
final class PromNames {
  private static final String PREFIX = "U__";

  private PromNames() {}

  /** The name itself; the text as it is if it is not escaped well. */
  static String unescape(String text) {
    if (!text.startsWith(PREFIX)) {
      return text;
    }
    StringBuilder name = new StringBuilder(text.length());
    int at = PREFIX.length();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '_') {
        name.append(c);
        at++;
        continue;
      }
      int end = text.indexOf('_', at + 1);
      if (end < 0 || end - at > 7) {
        return text;
      }
      if (end == at + 1) {
        name.append('_');
      } else {
        try {
          name.appendCodePoint(Integer.parseInt(text, at + 1, end, 16));
        } catch (IllegalArgumentException e) {
          return text;
        }
      }
      at = end + 1;
    }
    return name.toString();
  }
}
