package io.varve.server.demo;

/** Builds line protocol from names that need no escapes. For one thread. */
final class LineBuilder {
  private final StringBuilder text = new StringBuilder();
  private boolean hasFields;

  /** Starts a point; tags as key, value, key, value. */
  LineBuilder point(String measurement, String... tags) {
    if (tags.length % 2 != 0) {
      throw new IllegalArgumentException("a tag key without a value");
    }
    text.append(measurement);
    for (int i = 0; i < tags.length; i += 2) {
      text.append(',').append(tags[i]).append('=').append(tags[i + 1].replaceAll("[ ,=]", "_"));
    }
    hasFields = false;
    return this;
  }

  LineBuilder field(String name, long value) {
    name(name).append(value).append('i');
    return this;
  }

  /** Adds a float; what is not finite is left out. */
  LineBuilder field(String name, double value) {
    if (Double.isFinite(value)) {
      name(name).append(Math.rint(value * 100) / 100);
    }
    return this;
  }

  /** Ends the point; one without fields is no point and is taken back. */
  void end(long timestampMillis) {
    if (hasFields) {
      text.append(' ').append(timestampMillis).append('\n');
    } else {
      text.setLength(text.lastIndexOf("\n") + 1);
    }
  }

  String take() {
    String lines = text.toString();
    text.setLength(0);
    return lines;
  }

  private StringBuilder name(String name) {
    text.append(hasFields ? ',' : ' ').append(name).append('=');
    hasFields = true;
    return text;
  }
}
