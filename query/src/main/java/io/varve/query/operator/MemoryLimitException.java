package io.varve.query.operator;

import io.varve.query.QueryException;

/** A statement needs more memory than it may have; done in fewer parts at a time it might not. */
final class MemoryLimitException extends QueryException {
  private static final long serialVersionUID = 1L;

  MemoryLimitException(String message) {
    super(message);
  }
}
