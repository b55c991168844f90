package io.varve.server.encode;

/** Takes the bytes of an answer as they are made. */
public interface ByteSink {
  /**
   * Takes the next bytes; they are the caller's again when this returns. May wait until the
   * receiver has room.
   *
   * @throws SinkClosedException if nobody receives them any more
   */
  void write(byte[] bytes, int offset, int length);

  /**
   * Takes the first bytes of a full buffer, and answers the buffer to fill next: the same, or
   * another if it keeps this one.
   */
  default byte[] exchange(byte[] full, int length) {
    write(full, 0, length);
    return full;
  }

  /** Sends on what has been taken so far; a hint at the end of a document. */
  void flush();
}
