package io.varve.query.promql;

/** Places in a text as Prometheus tells them. */
public final class Positions {
  private Positions() {}

  /** {@code line:column}, both from 1; columns count the bytes of UTF-8, as Prometheus does. */
  public static String lineAndColumn(String text, int offset) {
    int end = Math.min(offset, text.length());
    int line = 1;
    int column = 1;
    for (int i = 0; i < end; ) {
      int c = text.codePointAt(i);
      if (c == '\n') {
        line++;
        column = 1;
      } else {
        column += utf8Length(c);
      }
      i += Character.charCount(c);
    }
    return line + ":" + column;
  }

  /** The length of a text in UTF-8. */
  static int utf8Length(CharSequence text) {
    return text.codePoints().map(Positions::utf8Length).sum();
  }

  private static int utf8Length(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
