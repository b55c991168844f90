package io.varve.query;

/** A request that cannot be answered, in words for whoever sent it. */
public class QueryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QueryException(String message) {
    super(message);
  }
}
