package io.varve.server.remote;

/** Bytes that are not what they claim to be; the message is for the sender. */
public class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message);
  }
}
