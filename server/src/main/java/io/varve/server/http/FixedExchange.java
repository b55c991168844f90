package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;

/** Gives an answer that is known before the body is read. */
final class FixedExchange implements Exchange {
  private final HttpConnection connection;
  private final FullHttpResponse answer;

  FixedExchange(HttpConnection connection, FullHttpResponse answer) {
    this.connection = connection;
    this.answer = answer;
  }

  @Override
  public void begin() {
    connection.answer(answer);
  }

  @Override
  public void onBodyEnd() {}
}
