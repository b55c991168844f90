package io.varve.query;

/** A request whose user may not make it. */
public final class AccessDeniedException extends QueryException {
  private static final long serialVersionUID = 1L;

  public AccessDeniedException(String message) {
    super(message);
  }
}
