package io.varve.query.promql;

import io.varve.query.QueryException;

/** A PromQL request that parses but cannot be answered, in words for whoever sent it. */
public final class PromException extends QueryException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is; the names are those of the HTTP API. */
  public enum Kind {
    /** The request makes no sense. */
    BAD_DATA,
    /** The expression cannot be evaluated over the data there is. */
    EXECUTION,
    /** The client went away, or the query was killed. */
    CANCELED,
    TIMEOUT,
    /** There are too many queries; the same one may be answered later. */
    UNAVAILABLE
  }

  private final Kind kind;

  public PromException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
