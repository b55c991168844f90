package io.varve.server.ingest;

/**
 * Backslashes in line protocol: they escape what is special where they stand, else they stay.
 *
 * <p>Special are comma and space in measurements, these and {@code =} in tags and field names,
 * quote and backslash in strings.
 */
final class Escapes {
  private Escapes() {}

  /** Length of a measurement, tag key, tag value or field name without its escapes. */
  static int unescapedLength(byte[] line, int from, int to, boolean equalsIsSpecial) {
    int length = to - from;
    for (int i = from; i < to - 1; i++) {
      if (line[i] == '\\' && isSpecial(line[i + 1], equalsIsSpecial)) {
        length--;
        i++;
      }
    }
    return length;
  }

  /** Writes a name without its escapes to {@code target}. */
  static void unescape(
      byte[] line, int from, int to, boolean equalsIsSpecial, byte[] target, int at) {
    int out = at;
    for (int i = from; i < to; i++) {
      if (line[i] == '\\' && i + 1 < to && isSpecial(line[i + 1], equalsIsSpecial)) {
        i++;
      }
      target[out++] = line[i];
    }
  }

  private static boolean isSpecial(byte b, boolean equalsIsSpecial) {
    return b == ',' || b == ' ' || (b == '=' && equalsIsSpecial);
  }

  /**
   * Writes the inside of a string without its escapes to {@code target}; answers the new length.
   */
  static int unescapeString(byte[] line, int from, int to, byte[] target) {
    int out = 0;
    for (int i = from; i < to; i++) {
      if (line[i] == '\\' && i + 1 < to && (line[i + 1] == '"' || line[i + 1] == '\\')) {
        i++;
      }
      target[out++] = line[i];
    }
    return out;
  }
}
