package io.varve.server.http;

import io.netty.buffer.ByteBuf;

/**
 * One request on its way to an answer. All calls come from the connection's event loop.
 *
 * <p>Order of calls: {@link #begin}, any number of {@link #onContent}, {@link #onBodyEnd}. Once it
 * has answered through its {@link HttpConnection} it hears of no more content. {@link
 * #onDisconnect} may come at any point before the answer is complete, and is then the last call.
 */
interface Exchange {
  /** The head has been read. */
  void begin();

  /** A piece of the body; the buffer is the caller's. */
  default void onContent(ByteBuf content) {}

  /** The body is complete. */
  void onBodyEnd();

  /** The answer begins; comes at most once, before or after {@link #onDisconnect} or without it. */
  default void onAnswer(int status) {}

  /** Nobody waits for the answer any more. */
  default void onDisconnect() {}
}
