package io.varve.server.encode;

/** An answer does not fit the memory that its format needs; nothing of it has been written. */
public final class AnswerTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AnswerTooLargeException(int limitBytes) {
    super(
        "the answer is larger than "
            + limitBytes
            + " bytes, which MessagePack needs as one piece: ask for chunked=true");
  }
}
