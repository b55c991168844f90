package io.varve.server.encode;

/** The receiver of an answer is gone; whoever makes the answer should stop. */
public final class SinkClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SinkClosedException(String message) {
    super(message);
  }
}
