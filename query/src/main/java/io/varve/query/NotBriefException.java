package io.varve.query;

/**
 * Says that a request is not as brief as was hoped, and has to be answered in the usual way. Has no
 * stack trace, as it is no failure.
 */
public final class NotBriefException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NotBriefException(String reason) {
    super(reason, null, false, false);
  }
}
