package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.varve.query.NotBriefException;
import io.varve.server.encode.ByteSink;
import io.varve.server.encode.SinkClosedException;
import org.jspecify.annotations.Nullable;

/**
 * The way of an answer from the query thread that makes it to the client.
 *
 * <p>An answer of one piece goes out with its length; a longer one is chunked. When the client does
 * not keep up the thread waits in {@link #write}, so an answer of any size takes no more memory
 * than the channel's high-water mark and two pieces; a client that takes nothing for the stall
 * limit is disconnected. For one thread, except {@link #wake}.
 */
final class AnswerSink implements ByteSink {
  private final HttpConnection connection;
  private final Exchange exchange;
  private final Channel channel;
  private final String contentType;
  private final boolean flushable;
  private final boolean onEventLoop;
  private final long stallMillis;
  private final Object lock = new Object();

  private boolean gzip;
  private boolean started;
  private @Nullable ByteBuf first;

  /**
   * Prepares an answer with status 200.
   *
   * @param flushable whether {@link #flush} sends what there is, at the price of chunked encoding
   */
  AnswerSink(HttpConnection connection, Exchange exchange, String contentType, boolean flushable) {
    this(connection, exchange, contentType, flushable, false);
  }

  /** An answer that is made on the event loop, which cannot wait: of one piece, or none. */
  static AnswerSink ofOnePiece(HttpConnection connection, Exchange exchange, String contentType) {
    return new AnswerSink(connection, exchange, contentType, false, true);
  }

  private AnswerSink(
      HttpConnection connection,
      Exchange exchange,
      String contentType,
      boolean flushable,
      boolean onEventLoop) {
    this.onEventLoop = onEventLoop;
    this.connection = connection;
    this.exchange = exchange;
    this.contentType = contentType;
    this.flushable = flushable;
    channel = connection.context().channel();
    stallMillis = connection.services().options.stallMillis();
  }

  /** Declares the bytes to be gzip; before the first of them. */
  void setGzip() {
    gzip = true;
  }

  /** Whether part of the answer may have reached the client. */
  boolean isStarted() {
    return started;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (!started && first == null) {
      first = copy(bytes, offset, length);
      return;
    }
    if (onEventLoop) {
      throw new NotBriefException("the answer is too long");
    }
    start();
    awaitRoom();
    send(copy(bytes, offset, length));
  }

  @Override
  public void flush() {
    if (flushable) {
      start();
    }
  }

  /** Sends what is left and ends the answer. */
  void finish() {
    if (started) {
      connection.executeFor(
          exchange,
          () -> {
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
            connection.complete();
          });
      return;
    }
    ByteBuf body = first == null ? channel.alloc().buffer(0) : first;
    first = null;
    DefaultFullHttpResponse whole =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
    setType(whole);
    connection.execute(() -> answerIfCurrent(whole));
  }

  /** Frees what has not been sent. */
  void discard() {
    if (first != null) {
      first.release();
      first = null;
    }
  }

  /** Makes a waiting writer look again. */
  void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  private void answerIfCurrent(DefaultFullHttpResponse whole) {
    if (connection.isCurrent(exchange)) {
      connection.answer(whole);
    } else {
      whole.release();
    }
  }

  private void start() {
    if (started) {
      return;
    }
    started = true;
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    setType(head);
    connection.executeFor(
        exchange,
        () -> {
          if (connection.canChunk()) {
            head.headers().set(AnswerHeaders.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
          } else {
            connection.closeAfterAnswer();
          }
          connection.prepareHead(head);
          channel.write(head, channel.voidPromise());
        });
    if (first != null) {
      ByteBuf piece = first;
      first = null;
      send(piece);
    }
  }

  private void send(ByteBuf piece) {
    connection.services().metrics.bytesSent.add(piece.readableBytes());
    channel.writeAndFlush(new DefaultHttpContent(piece), channel.voidPromise());
  }

  private void setType(HttpResponse answer) {
    answer.headers().set(AnswerHeaders.CONTENT_TYPE, contentType);
    if (gzip) {
      answer.headers().set(AnswerHeaders.CONTENT_ENCODING, HttpHeaderValues.GZIP);
    }
  }

  private ByteBuf copy(byte[] bytes, int offset, int length) {
    return channel.alloc().buffer(length).writeBytes(bytes, offset, length);
  }

  private void awaitRoom() {
    if (channel.isWritable()) {
      return;
    }
    long deadline = System.nanoTime() + stallMillis * 1_000_000;
    synchronized (lock) {
      while (channel.isActive() && !channel.isWritable()) {
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          connection.abort();
          throw new SinkClosedException(
              "the client has taken no byte for " + stallMillis + " milliseconds");
        }
        try {
          lock.wait(leftMillis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          connection.abort();
          throw new SinkClosedException("the server is stopping");
        }
      }
    }
    if (!channel.isActive()) {
      throw new SinkClosedException("the client has gone");
    }
  }
}
