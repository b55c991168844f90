package io.varve.server.ingest;

import org.jspecify.annotations.Nullable;

/** The unit of the timestamps in a body of line protocol. */
public enum Precision {
  NANOSECONDS(1),
  MICROSECONDS(1_000),
  MILLISECONDS(1_000_000),
  SECONDS(1_000_000_000),
  MINUTES(60_000_000_000L),
  HOURS(3_600_000_000_000L);

  private final long nanos;

  Precision(long nanos) {
    this.nanos = nanos;
  }

  /** Length of one unit in nanoseconds. */
  public long nanos() {
    return nanos;
  }

  /** The precision a request names, the empty string being nanoseconds; null if there is none. */
  public static @Nullable Precision of(String name) {
    return switch (name) {
      case "", "n", "ns" -> NANOSECONDS;
      case "u", "us" -> MICROSECONDS;
      case "ms" -> MILLISECONDS;
      case "s" -> SECONDS;
      case "m" -> MINUTES;
      case "h" -> HOURS;
      default -> null;
    };
  }
}
