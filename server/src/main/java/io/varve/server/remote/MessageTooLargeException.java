package io.varve.server.remote;

/** A message that would take more memory than there is for it; the message is for the sender. */
public final class MessageTooLargeException extends MalformedMessageException {
  private static final long serialVersionUID = 1L;

  public MessageTooLargeException(String message) {
    super(message);
  }
}
