package io.varve.query.catalog;

import io.varve.storage.model.SeriesKey;

/** Series keys in line protocol, as SHOW SERIES prints them. */
final class SeriesText {
  private SeriesText() {}

  static String of(SeriesKey key) {
    StringBuilder text = new StringBuilder();
    escape(key.measurement(), ", ", text);
    key.tags()
        .forEach(
            (tag, value) -> {
              text.append(',');
              escape(tag, ",= ", text);
              text.append('=');
              escape(value, ",= ", text);
            });
    return text.toString();
  }

  private static void escape(String text, String special, StringBuilder into) {
    for (int i = 0; i < text.length(); i++) {
      if (special.indexOf(text.charAt(i)) >= 0) {
        into.append('\\');
      }
      into.append(text.charAt(i));
    }
  }
}
