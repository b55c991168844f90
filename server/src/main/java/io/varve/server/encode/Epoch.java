package io.varve.server.encode;

import org.jspecify.annotations.Nullable;

/** How an answer writes times: as text or as a whole number of some unit since the epoch. */
public enum Epoch {
  /** RFC 3339 text in the statement's zone, with as many digits behind the second as needed. */
  RFC3339(0),
  NANOSECONDS(1),
  MICROSECONDS(1_000),
  MILLISECONDS(1_000_000),
  SECONDS(1_000_000_000),
  MINUTES(60_000_000_000L),
  HOURS(3_600_000_000_000L);

  private final long nanos;

  Epoch(long nanos) {
    this.nanos = nanos;
  }

  /** Length of one unit in nanoseconds; 0 for text. */
  long nanos() {
    return nanos;
  }

  /** The parameter {@code epoch} of a request: absent or empty means text, unknown nanoseconds. */
  public static Epoch of(@Nullable String name) {
    if (name == null) {
      return RFC3339;
    }
    return switch (name) {
      case "" -> RFC3339;
      case "u", "us" -> MICROSECONDS;
      case "ms" -> MILLISECONDS;
      case "s" -> SECONDS;
      case "m" -> MINUTES;
      case "h" -> HOURS;
      default -> NANOSECONDS;
    };
  }
}
