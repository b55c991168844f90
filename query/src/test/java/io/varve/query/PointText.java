package io.varve.query;

import io.varve.storage.model.SeriesKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Points of scripts: {@code measurement,tag=value field=value,... time}. Spaces and commas end
 * things, so neither may stand in names or strings; a time may end in {@code s} or {@code m}.
 */
final class PointText {
  private PointText() {}

  /** Takes the values of points. */
  interface Sink {
    /** {@code unsigned} tells what a Long means. */
    void put(
        @Nullable String policy,
        SeriesKey key,
        long timestampNanos,
        String field,
        Object value,
        boolean unsigned);
  }

  static void put(Sink database, @Nullable String policy, String line) {
    String[] parts = line.split(" ");
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a point: " + line);
    }
    String[] key = parts[0].split(",");
    Map<String, String> tags = new HashMap<>();
    for (int i = 1; i < key.length; i++) {
      String[] tag = key[i].split("=", 2);
      tags.put(tag[0], tag[1]);
    }
    SeriesKey series = SeriesKey.of(key[0], tags);
    for (String field : parts[1].split(",")) {
      String[] pair = field.split("=", 2);
      database.put(
          policy, series, time(parts[2]), pair[0], value(pair[1]), pair[1].matches("\\d+u"));
    }
  }

  static long time(String text) {
    String digits = text.replaceAll("[a-z]+$", "");
    long unit =
        switch (text.substring(digits.length())) {
          case "" -> 1L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          case "d" -> 86_400_000_000_000L;
          default -> throw new IllegalArgumentException("no time: " + text);
        };
    return Long.parseLong(digits) * unit;
  }

  private static Object value(String text) {
    if (text.startsWith("\"")) {
      return text.substring(1, text.length() - 1);
    }
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    if (text.endsWith("i")) {
      return Long.parseLong(text.substring(0, text.length() - 1));
    }
    if (text.endsWith("u")) {
      return Long.parseUnsignedLong(text.substring(0, text.length() - 1));
    }
    return Double.parseDouble(text);
  }
}
