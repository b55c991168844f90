package io.varve.server.metrics;

import java.util.Locale;

/** Why a write was refused, in whole or in part. */
public enum WriteError {
  /** A parameter, header or encoding that cannot be used. */
  BAD_REQUEST,
  /** The database or retention policy does not exist. */
  NOT_FOUND,
  /** Some lines are malformed; the others were stored. */
  UNPARSABLE,
  /** Well-formed points were dropped: types in conflict, out of retention, limits. */
  DROPPED_POINTS,
  /** The body is over the limit. */
  TOO_LARGE,
  /** Too much was waiting, or the store is read-only. */
  OVERLOAD,
  /** The engine failed. */
  INTERNAL;

  /** What a refusal amounts to by its status, 400 or higher. */
  public static WriteError ofStatus(int status) {
    return switch (status) {
      case 404 -> NOT_FOUND;
      case 413 -> TOO_LARGE;
      case 503 -> OVERLOAD;
      default -> status < 500 ? BAD_REQUEST : INTERNAL;
    };
  }

  /** As the value of a label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
