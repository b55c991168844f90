package io.varve.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes connections that send the head of a request byte by byte.
 *
 * <p>A timeout of silence does not see them, and the decoder passes nothing on before a head is
 * whole. So this stands in front of it and measures how long one takes. On the event loop.
 */
final class SlowHeadGuard extends ChannelInboundHandlerAdapter {
  private final HttpConnection connection;
  private final long limitNanos;
  private boolean insideHead;
  private long headStartNanos;
  private long requestsBefore;
  private boolean refused;

  SlowHeadGuard(HttpConnection connection, long limitMillis) {
    this.connection = connection;
    limitNanos = limitMillis * 1_000_000;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    if (refused || isTooSlow()) {
      ReferenceCountUtil.release(bytes);
      if (!refused) {
        refused = true;
        connection.refuseSlowHead();
      }
    } else {
      ctx.fireChannelRead(bytes);
    }
  }

  /** Whether the head that these bytes belong to has begun too long ago. */
  private boolean isTooSlow() {
    if (connection.requestCount() != requestsBefore || !connection.awaitsHead()) {
      requestsBefore = connection.requestCount();
      insideHead = false;
    }
    if (!connection.awaitsHead()) {
      return false;
    }
    long now = System.nanoTime();
    if (!insideHead) {
      insideHead = true;
      headStartNanos = now;
    }
    return now - headStartNanos > limitNanos;
  }
}
